//! A real sshd on loopback.

use crate::home::Home;
use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// An sshd for the current user on a free port of 127.0.0.1, with keys and configuration of its own in a temporary
/// directory. Each connection is one `sshd -i`. Dropping this cuts them all.
pub struct Sshd {
    dir: tempfile::TempDir,
    port: u16,
    user: String,
    connections: Arc<Mutex<Connections>>,
}

#[derive(Default)]
struct Connections {
    open: Vec<TcpStream>,
    closed: bool,
}

impl Sshd {
    /// Makes keys and starts listening.
    ///
    /// # Panics
    /// When OpenSSH is not installed; `scripts/test` installs it.
    pub fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("sshd-").tempdir().expect("a temporary directory");
        let user = output(Command::new("id").arg("-un"));
        for key in ["host", "user"] {
            let file = dir.path().join(key);
            output(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"]).arg(&file));
        }
        std::fs::copy(dir.path().join("user.pub"), dir.path().join("authorized_keys")).expect("the authorised key");
        // Only root separates privileges, and only root can make the directory for it.
        if user == "root" {
            std::fs::create_dir_all("/run/sshd").expect("/run/sshd");
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let path = |name: &str| dir.path().join(name).display().to_string();
        let server = [
            format!("HostKey {}", path("host")),
            format!("AuthorizedKeysFile {}", path("authorized_keys")),
            "AuthenticationMethods publickey\nPermitRootLogin yes\nUsePAM no\nStrictModes no".to_owned(),
            "PermitUserRC no\nPrintMotd no\nPrintLastLog no\nAllowTcpForwarding yes\nPidFile none".to_owned(),
        ];
        let client = [
            // Any host name reaches this server, so that a command line shown to a person can be used as it stands.
            "Host *\nHostName 127.0.0.1".to_owned(),
            format!("Port {port}\nUser {user}\nIdentityFile {}\nIdentitiesOnly yes\nIdentityAgent none", path("user")),
            "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\nBatchMode yes".to_owned(),
            "EscapeChar none\nControlPath none\nExitOnForwardFailure yes".to_owned(),
        ];
        std::fs::write(dir.path().join("sshd_config"), server.join("\n") + "\n").expect("the server's configuration");
        std::fs::write(dir.path().join("ssh_config"), client.join("\n") + "\n").expect("the client's configuration");

        let connections = Arc::new(Mutex::new(Connections::default()));
        std::thread::spawn({
            let (config, connections) = (dir.path().join("sshd_config"), connections.clone());
            move || serve(&listener, &config, &connections)
        });
        Self { dir, port, user, connections }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The user to log in as: the current one.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The client's configuration, for `ssh -F`: with it every host name leads here.
    pub fn client_config(&self) -> PathBuf {
        self.dir.path().join("ssh_config")
    }

    /// `ssh -F … <these options and the host>`: to use a command line as a person is shown it, without its `ssh`.
    pub fn ssh(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Vec<OsString> {
        let start = ["ssh".into(), "-F".into(), self.client_config().into_os_string()];
        start.into_iter().chain(args.into_iter().map(|arg| arg.as_ref().to_owned())).collect()
    }

    /// The command line that runs a program behind ssh, on a terminal of its own, in this home and with its clean
    /// environment plus what sshd adds (`SSH_CONNECTION`, `SSH_TTY`, …). For [`Home::pty`].
    pub fn remote(&self, home: &Home, program: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Vec<OsString> {
        // The login shell reads one line; TERM comes with the connection.
        let settings = home.env().iter().filter(|(name, _)| *name != "TERM").map(|(name, value)| {
            let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
            quoted(&format!("{name}={value}"))
        });
        let program = program.into_iter().map(|arg| quoted(&arg.as_ref().to_string_lossy()));
        let words: Vec<_> = settings.chain(program).collect();
        let home = quoted(&home.path().to_string_lossy());
        self.ssh(["-tt", "testhost", &format!("cd {home} && exec env {}", words.join(" "))])
    }

    /// Cuts every connection, as a lost network does.
    pub fn cut(&self) {
        let mut connections = self.connections.lock().expect("the list of connections");
        for connection in connections.open.drain(..) {
            // Already closed by the other side is as good.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        if let Ok(mut connections) = self.connections.lock() {
            connections.closed = true;
        }
        self.cut();
        // Wakes the listener's thread, which then ends.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn serve(listener: &TcpListener, config: &Path, connections: &Mutex<Connections>) {
    for stream in listener.incoming() {
        let Ok(mut connections) = connections.lock() else { return };
        if connections.closed {
            return;
        }
        let Some((stream, kept)) = stream.ok().and_then(|stream| Some((stream.try_clone().ok()?, stream))) else {
            continue;
        };
        let (Ok(output), Ok(ended)) = (stream.try_clone().map(OwnedFd::from), stream.try_clone()) else { continue };
        let _one_at_a_time = crate::pty::spawn_lock();
        // One server per connection, on the socket itself: no port is lost between choosing and using it.
        let child = Command::new("/usr/sbin/sshd")
            .args(["-i", "-e", "-f"])
            .arg(config)
            .stdin(Stdio::from(OwnedFd::from(stream)))
            .stdout(Stdio::from(output))
            .stderr(Stdio::null())
            .spawn();
        if let Ok(mut child) = child {
            connections.open.push(kept);
            std::thread::spawn(move || {
                let _ = child.wait();
                // The copies held here would keep the connection open after a server that died.
                let _ = ended.shutdown(Shutdown::Both);
            });
        }
    }
}

/// One word of a shell command.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("start {command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}: {said}", output.status);
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
