//! The signals that end a run, caught in one place for the whole process.
//!
//! SIGHUP, SIGINT, SIGTERM and SIGQUIT are caught from the start on, by a thread of their own. Whoever waits for
//! something asks for them ([`caught`], [`pause`], [`next`]) and ends in an orderly way. If that does not
//! happen within `GRACE` (the output is a pipe that nobody reads, a terminal that stands still, a name
//! server that does not answer), the thread ends the process itself. Only a write to the user's files is
//! never cut in two: while an [`Uncut`] lives, the thread waits.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How long the rest of the program has for ending in an orderly way.
const GRACE: Duration = Duration::from_millis(400);
/// The step in which waiting code looks whether it should still wait.
const STEP: Duration = Duration::from_millis(10);

/// Keep the memory of this process, which will hold secrets, out of core dumps and from other processes of
/// the same user. To be called before the first secret is read.
pub fn forbid_core_dumps() {
    // Where the system refuses, nothing is lost that was there before.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    // The soft limit alone: what we start may raise its own again.
    let limit = rustix::process::getrlimit(Resource::Core);
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..limit });
}

/// SIGINT, for an interruption that comes as a key.
pub const INTERRUPT: i32 = 2;

/// The number of the signal that came; 0: none yet.
static RECEIVED: AtomicI32 = AtomicI32::new(0);
/// What waits should end as this signal asks; 0: go on. Without one received, the person left.
static CAUGHT: AtomicI32 = AtomicI32::new(0);
/// Writes under way.
static UNCUT: AtomicUsize = AtomicUsize::new(0);
/// Tells futures of [`CAUGHT`].
static TOLD: LazyLock<watch::Sender<i32>> = LazyLock::new(|| watch::Sender::new(0));

/// Catch the signals from now on. `end` is called before the process is ended from outside of `main`: it
/// gives the terminal back and ends other processes. It must not wait for anything.
pub fn install(end: fn()) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let ignored = ignored();
    let mut signals: Vec<(i32, Signal)> = Vec::new();
    {
        let _inside = runtime.enter();
        for kind in [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate(), SignalKind::quit()] {
            let number = kind.as_raw_value();
            // Under `nohup` a hangup means nothing.
            if ignored & (1 << (number - 1)) == 0 {
                signals.push((number, signal(kind)?));
            }
        }
    }
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let number = std::future::poll_fn(|context| {
                let caught =
                    |(number, signal): &mut (i32, Signal)| signal.poll_recv(context).is_ready().then_some(*number);
                signals.iter_mut().find_map(caught).map_or(Poll::Pending, Poll::Ready)
            })
            .await;
            RECEIVED.store(number, Ordering::SeqCst);
            interrupt(number);
            tokio::time::sleep(GRACE).await;
            while UNCUT.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(STEP).await;
                if UNCUT.load(Ordering::SeqCst) == 0 {
                    // What was written is still to be said.
                    tokio::time::sleep(GRACE).await;
                }
            }
            end();
            std::process::exit(exit_code(number));
        });
    })?;
    Ok(())
}

/// The exit code of a run that a signal ended.
pub fn exit_code(number: i32) -> i32 {
    128 + number
}

/// The signals that this process ignores since its start, bit `number - 1` each; none where `/proc` does
/// not say.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Ask everything that waits to stop waiting, as this signal would.
pub fn interrupt(number: i32) {
    let _ = CAUGHT.compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst);
    TOLD.send_replace(number);
}

/// The number of the signal that came, if any.
pub fn received() -> Option<i32> {
    Some(RECEIVED.load(Ordering::SeqCst)).filter(|number| *number != 0)
}

/// The number of the signal that should end whatever waits: one that came, or one that [`interrupt`] stands for.
pub fn caught() -> Option<i32> {
    Some(CAUGHT.load(Ordering::SeqCst)).filter(|number| *number != 0)
}

/// The number of the signal that should end this run, once there is one.
pub async fn next() -> i32 {
    let mut told = TOLD.subscribe();
    match told.wait_for(|number| *number != 0).await {
        Ok(number) => *number,
        // The sender is static; nothing will ever come.
        Err(_) => std::future::pending().await,
    }
}

/// Sleep, unless a signal asks to end: then its number, at once.
pub fn pause(length: Duration) -> Result<(), i32> {
    let until = Instant::now() + length;
    loop {
        if let Some(number) = caught() {
            return Err(number);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(STEP));
    }
}

/// While it lives, no signal ends the process.
#[derive(Debug)]
pub struct Uncut(());

impl Uncut {
    /// Fails with the number of a signal that came already: then nothing should be begun any more.
    pub fn begin() -> Result<Uncut, i32> {
        UNCUT.fetch_add(1, Ordering::SeqCst);
        let uncut = Uncut(());
        caught().map_or(Ok(uncut), Err)
    }
}

impl Drop for Uncut {
    fn drop(&mut self) {
        UNCUT.fetch_sub(1, Ordering::SeqCst);
    }
}
