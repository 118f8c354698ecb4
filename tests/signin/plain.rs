//! Signing in line by line, without one escape sequence.

use crate::support::{BIN, Chutes, get, link};
use openclaw_chutes::standin::idp::Consent;

#[test]
fn a_sign_in_by_paste_and_by_callback_line_by_line() {
    for by_paste in [true, false] {
        let chutes = Chutes::start(Some(Consent::Allow));
        let home = chutes.home();
        let pty = home.pty([BIN, "onboard", "--plain", "--auth-choice", "chutes"]).size(400, 200).spawn();
        let screen = pty.wait_text("code_challenge_method=S256");
        let link = link(&screen);
        assert!(screen.rows().iter().any(|row| row.trim() == link), "the link is one line of its own");
        let address = get(&link).location();
        if by_paste {
            pty.send(format!("{address}\r"));
        } else {
            get(&address);
        }
        pty.wait_text("zai-org/GLM-4.7-TEE, default");
        pty.send("chutes/zai-org/GLM-4.7-TEE\r");
        pty.send("\r");
        pty.wait_text("Enter write");
        pty.send("\r");
        pty.wait_text("OpenClaw is set up for Chutes");
        pty.send("\r");
        assert_eq!(pty.wait_exit(), 0);
        assert!(!pty.ever_wrote("\x1b"));
        let code = address.split("code=").nth(1).unwrap().split('&').next().unwrap();
        assert!(!pty.ever_wrote(code), "the code was shown");
        pty.assert_terminal_restored();
        assert!(home.read(".openclaw/agents/main/agent/auth-profiles.json").contains("\"oauth\""));
    }
}
