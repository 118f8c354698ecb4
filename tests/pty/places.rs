//! The harness' own tests: programs behind a real ssh and inside a real tmux.

use testkit::{Home, Sshd, Tmux};

#[test]
fn a_program_behind_ssh_has_a_terminal_the_home_and_what_sshd_adds() {
    let (home, sshd) = (Home::new(), Sshd::start());
    let script = "tty >/dev/null && echo \"home=$HOME\"; echo \"from=$SSH_CONNECTION\"; echo \"term=$TERM it's\"; \
                  stty size; read line; echo \"got $line\"; exit 7";
    let pty = home.pty(sshd.remote(&home, ["sh", "-c", script])).size(100, 30).spawn();
    let screen = pty.wait_text("30 100");
    assert!(screen.contains(&format!("home={}", home.path().display())), "{}", screen.describe());
    assert!(screen.contains("from=127.0.0.1 ") && screen.contains("term=xterm-256color it's"));
    pty.resize(80, 24);
    pty.type_text("words").keys("Enter").wait_text("got words");
    assert_eq!(pty.wait_exit(), 7);
    pty.assert_terminal_restored();
}

#[test]
fn a_cut_connection_hangs_up_on_the_program() {
    let (home, sshd) = (Home::new(), Sshd::start());
    let script =
        "trap 'echo gone > hup.new; mv hup.new hup; exit' HUP; echo ready; while :; do read x || sleep 0.01; done";
    let pty = home.pty(sshd.remote(&home, ["sh", "-c", script])).spawn();
    pty.wait_text("ready");
    sshd.cut();
    assert_eq!(pty.wait_exit(), 255);
    // The program outlives the client for a moment; a second connection sees what it left.
    let after = home.pty(sshd.remote(&home, ["sh", "-c", "until [ -e hup ]; do sleep 0.01; done; cat hup"])).spawn();
    after.wait_text("gone");
}

#[test]
fn a_forwarding_line_for_a_person_works_as_it_stands() {
    let (home, sshd) = (Home::new(), Sshd::start());
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let behind = server.local_addr().expect("its number").port();
    let in_front = {
        let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        probe.local_addr().expect("its number").port()
    };
    let line = format!("ssh -N -L {in_front}:127.0.0.1:{behind} {}@203.0.113.9", sshd.user());
    let mut tunnel = home.command(sshd.ssh(line.split(' ').skip(1))).spawn().expect("ssh");
    let answered = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().expect("a connection through the tunnel");
        std::io::Write::write_all(&mut stream, b"through").expect("an answer");
    });
    let deadline = std::time::Instant::now() + testkit::timeout();
    let mut stream = loop {
        match std::net::TcpStream::connect(("127.0.0.1", in_front)) {
            Ok(stream) => break stream,
            Err(error) => assert!(std::time::Instant::now() < deadline, "the tunnel never opened: {error}"),
        }
        std::thread::yield_now();
    };
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).expect("the answer");
    assert_eq!(text, "through");
    answered.join().expect("the server ended well");
    tunnel.kill().and_then(|()| tunnel.wait()).expect("the tunnel ends");
}

#[test]
fn a_program_in_tmux_is_seen_through_tmux() {
    let home = Home::new();
    let tmux = Tmux::new(&home);
    let pty = home.pty(tmux.attached(["sh", "-c", "echo \"in $TERM\"; stty size; read a; read b"])).spawn();
    let screen = pty.wait_text("24 80");
    assert!(screen.contains("in tmux-256color") && screen.alternate(), "{}", screen.describe());
    assert!(tmux.capture().contains("24 80"));
    // Keys get in by both doors.
    assert_eq!(tmux.run(["send-keys", "-t", "main", "typed", "Enter"]).code, 0);
    pty.wait_text("typed");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn a_session_that_nobody_looks_at_can_be_captured() {
    let home = Home::new();
    let tmux = Tmux::new(&home);
    let long = "x".repeat(95);
    let script = format!("printf '{long}'; tmux -L testkit wait-for -S shown; read line");
    let script = format!("export TMUX_TMPDIR={}; {script}", home.path().display());
    tmux.detached(40, 12, ["sh", "-c", &script]);
    assert_eq!(tmux.run(["wait-for", "shown"]).code, 0);
    // The signal may overtake the output on its way through the pane's terminal.
    let deadline = std::time::Instant::now() + testkit::timeout();
    while !tmux.capture().contains(&long) {
        assert!(std::time::Instant::now() < deadline, "{}", tmux.capture());
    }
    drop(tmux);
    assert!(Tmux::new(&home).run(["has-session"]).code != 0, "the server is gone");
}

#[test]
fn tmux_behind_ssh_works_as_either_does() {
    let (home, sshd) = (Home::new(), Sshd::start());
    let tmux = Tmux::new(&home);
    let program = tmux.attached(["sh", "-c", "echo \"from ${SSH_CONNECTION%% *} in $TERM\"; read line"]);
    let pty = home.pty(sshd.remote(&home, program)).spawn();
    pty.wait_text("from 127.0.0.1 in tmux-256color");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_terminal_restored();
}
