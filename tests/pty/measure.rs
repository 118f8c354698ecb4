//! The harness' own tests: figures are what they say they are. None of them is compared with a budget here.

use std::time::Duration;
use testkit::Home;
use testkit::measure::{self, Spread, Table};

#[test]
fn median_and_95th_percentile_are_ranks() {
    let spread = Spread::of((1..=100).rev().map(f64::from));
    assert_eq!((spread.median, spread.p95), (50.0, 95.0));
    assert_eq!(Spread::of([3.0]), Spread { median: 3.0, p95: 3.0 });
    assert_eq!(Spread::of_times([Duration::from_micros(1500)]).median, 1.5);
}

#[test]
fn wall_time_includes_the_whole_run_and_every_run_is_checked() {
    let home = Home::new();
    let mut prepared = 0;
    let times = measure::wall_times(&home, &["sh", "-c", "exit 4"], 3, 4, || prepared += 1);
    assert_eq!((times.len(), prepared), (3, 4));
    assert!(times.iter().all(|time| *time > Duration::ZERO));
    let wrong = std::panic::catch_unwind(|| measure::wall_times(&Home::new(), &["false"], 1, 0, || {}));
    assert!(wrong.is_err(), "a run that fails is no figure");
}

#[test]
fn a_first_frame_is_complete_when_every_text_is_there() {
    let home = Home::new();
    let times = measure::first_frames(
        &home,
        &["sh", "-c", "printf one; head -c 1 /dev/zero >/dev/null; printf two; read end"],
        &["one".to_owned(), "two".to_owned()],
        2,
    );
    assert_eq!(times.len(), 2);
}

#[test]
fn bytes_are_counted_key_by_key() {
    let home = Home::new();
    let mut pty = home.pty(["sh", "-c", "stty -echo; printf ready; while read x; do printf '12345'; done"]).spawn();
    pty.wait_text("ready");
    let counts = measure::bytes_per_key(&mut pty, &["a", "Enter", "Enter"], Duration::from_millis(700));
    assert_eq!(counts, [0, 5, 5]);
}

#[test]
fn memory_and_processor_time_of_a_running_program_are_read() {
    let home = Home::new();
    let script = "x=$(head -c 40000000 /dev/zero | tr '\\0' a); printf 'has it'; read end";
    let pty = home.pty(["bash", "-c", script]).spawn();
    pty.wait_text("has it");
    let kib = measure::peak_rss(pty.pid()).expect("a running process has a peak");
    assert!((40_000..2_000_000).contains(&kib), "{kib} KiB");
    let busy = measure::on_cpu(pty.pid()).expect("a running process has a clock");
    assert!(Duration::ZERO < busy && busy < testkit::timeout(), "{busy:?}");
}

#[test]
fn tables_line_up() {
    let mut table = Table::default();
    table.row(["what", "ours", "budget"]);
    table.row(["models list", "1.20 ms", "≤ 5 ms"]);
    assert_eq!(table.to_string(), "what             ours   budget\nmodels list   1.20 ms   ≤ 5 ms\n");
}
