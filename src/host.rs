//! Where are we running: at the person's own machine, where a browser can be opened and the callback
//! arrives by itself, or somewhere else? And how to get a port from there to here.

use crate::texts::{Lang, signin as t};
use std::net::IpAddr;
use std::path::Path;

/// Everything the verdict is drawn from, so that a test can make up any machine.
pub struct Inputs<'a> {
    pub var: &'a dyn Fn(&str) -> Option<String>,
    pub exists: &'a dyn Fn(&Path) -> bool,
    /// The text of a small file.
    pub read: &'a dyn Fn(&Path) -> Option<String>,
    /// Names (`comm`) of our ancestors, nearest first.
    pub ancestors: Vec<String>,
    /// What `tmux show-environment` prints, if that was asked: newer than our own variables, which
    /// are those of the moment the pane was made.
    pub tmux: Option<String>,
    /// `SSH_CONNECTION` and the user of the nearest ancestor that has them: `sudo` and `su` forget both. Asked
    /// for only where they are missed.
    pub inherited: &'a dyn Fn() -> Option<(String, Option<String>)>,
    pub macos: bool,
}

/// Where the browser of the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A browser opened here is in front of the person.
    Local,
    Remote,
}

/// Why we think so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// This variable is set.
    Set(&'static str),
    /// An ancestor is `sshd`, though the variables are gone (`sudo`, `su`).
    Sshd,
    Container(&'static str),
    Wsl,
    Macos,
    /// This variable names a display.
    Display(&'static str),
    NoDisplay,
    /// The user said so.
    Asked,
}

/// The session that brought us here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ssh {
    /// Address of the person's machine, as this one sees it.
    pub client: Option<IpAddr>,
    /// Address of this machine, as the client reached it.
    pub server_ip: Option<IpAddr>,
    pub port: Option<u16>,
    /// The name that was logged in with.
    pub user: Option<String>,
}

/// What is known about this machine, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// As found, or as the user wants it.
    pub verdict: Verdict,
    pub reason: Reason,
    /// As found, whatever the user wants: what a browser here can reach does not change by asking.
    pub found: (Verdict, Reason),
    /// Kind of the container we are in: `docker`, `podman`, `kubernetes`, …
    pub container: Option<&'static str>,
    pub wsl: bool,
    /// A workspace in somebody's cloud, or an editor's container: the editor forwards ports, and nobody has a shell
    /// on the host.
    pub workspace: bool,
    pub ssh: Option<Ssh>,
    /// Name of this machine or container.
    pub name: Option<String>,
    /// Name of this codespace.
    pub codespace: Option<String>,
}

/// A command for the person's own machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub line: String,
    /// False: it holds a placeholder in capitals that the person must fill in.
    pub complete: bool,
}

const CLOUD: [&str; 5] =
    ["CODESPACES", "GITPOD_WORKSPACE_ID", "CLOUD_SHELL", "REMOTE_CONTAINERS", "CODER_WORKSPACE_NAME"];
const SSH: [&str; 3] = ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"];

impl Host {
    /// This very process. Reads a few files of `/proc`; starts nothing.
    pub fn here() -> Host {
        let read = |path: &Path| std::fs::read_to_string(path).ok();
        Host::judge(&Inputs {
            var: &|name| std::env::var(name).ok(),
            exists: &|path| path.exists(),
            read: &read,
            ancestors: ancestors(&read),
            tmux: None,
            inherited: &|| inherited(&read),
            macos: cfg!(target_os = "macos"),
        })
    }

    /// Where the browser is, from nothing but these inputs.
    pub fn judge(inputs: &Inputs) -> Host {
        let own = |name: &str| (inputs.var)(name).filter(|value| !value.trim().is_empty());
        let var = |name: &str| match tmux_says(inputs.tmux.as_deref(), name) {
            Some(newer) => newer,
            None => own(name),
        };
        let first = |names: &[&'static str]| names.iter().copied().find(|name| var(name).is_some());
        let container = container(inputs, &own);
        let kernel = (inputs.read)(Path::new("/proc/sys/kernel/osrelease")).unwrap_or_default().to_ascii_lowercase();
        let wsl = own("WSL_DISTRO_NAME").is_some() || kernel.contains("microsoft");
        let sshd = inputs.ancestors.iter().any(|name| name == "sshd" || name.starts_with("sshd-"));

        let (verdict, reason) = if let Some(name) = first(&SSH) {
            (Verdict::Remote, Reason::Set(name))
        } else if sshd {
            (Verdict::Remote, Reason::Sshd)
        } else if let Some(name) = first(&CLOUD) {
            (Verdict::Remote, Reason::Set(name))
        } else if let Some(kind) = container {
            (Verdict::Remote, Reason::Container(kind))
        } else if wsl {
            (Verdict::Local, Reason::Wsl)
        } else if inputs.macos {
            (Verdict::Local, Reason::Macos)
        } else if let Some(name) = first(&["WAYLAND_DISPLAY", "DISPLAY"]) {
            (Verdict::Local, Reason::Display(name))
        } else {
            (Verdict::Remote, Reason::NoDisplay)
        };
        let over_ssh = matches!(reason, Reason::Sshd) || first(&SSH).is_some();
        let ssh = over_ssh.then(|| {
            let known = var("SSH_CONNECTION").or_else(|| var("SSH_CLIENT"));
            match known.is_none().then(inputs.inherited).flatten() {
                Some((connection, user)) => Ssh::read(&|name| match name {
                    "SSH_CONNECTION" => Some(connection.clone()),
                    "USER" => user.clone().or_else(|| var(name)),
                    _ => var(name),
                }),
                None => Ssh::read(&var),
            }
        });
        let workspace = !over_ssh && first(&CLOUD).is_some();
        let name = own("HOSTNAME").or_else(|| (inputs.read)(Path::new("/etc/hostname")));
        let codespace = own("CODESPACES").and_then(|_| own("CODESPACE_NAME"));
        Host {
            verdict,
            found: (verdict, reason.clone()),
            reason,
            container,
            wsl,
            workspace,
            ssh,
            name: name.and_then(|name| plain(name.trim())),
            codespace: codespace.and_then(|name| plain(name.trim())),
        }
    }

    /// The verdict the user wants (`Tab`, `--browser`, `--headless`). The rest stays as found.
    pub fn asked(&self, verdict: Verdict) -> Host {
        let reason = if verdict == self.found.0 { self.found.1.clone() } else { Reason::Asked };
        Host { verdict, reason, ..self.clone() }
    }

    /// The verdict and its reason.
    pub fn message(&self, lang: Lang) -> String {
        let reason = match &self.reason {
            Reason::Set(variable) => t::reason_set(lang, variable),
            Reason::Sshd => t::reason_sshd(lang).to_owned(),
            Reason::Container(kind) => t::reason_container(lang, kind),
            Reason::Wsl => t::reason_wsl(lang).to_owned(),
            Reason::Macos => t::reason_macos(lang).to_owned(),
            Reason::Display(variable) => t::reason_display(lang, variable),
            Reason::NoDisplay => t::reason_no_display(lang).to_owned(),
            Reason::Asked => t::reason_asked(lang).to_owned(),
        };
        match self.verdict {
            Verdict::Local => t::host_local(lang, reason),
            Verdict::Remote => t::host_remote(lang, reason),
        }
    }

    /// What brings the browser of the person's machine to the callback here, for this very session.
    pub fn tunnel(&self, port: u16) -> Command {
        self.tunnels(&[port])
    }

    /// [`Host::tunnel`] for several ports.
    pub fn tunnels(&self, ports: &[u16]) -> Command {
        let ssh = self.ssh.clone().unwrap_or_default();
        let server_port = ssh.port.filter(|port| *port != 22).map(|port| format!("-p {port} ")).unwrap_or_default();
        let destination = match (&ssh.user, ssh.server_ip) {
            (Some(user), Some(ip)) => Some(format!("{user}@{ip}")),
            _ => None,
        };
        let complete = destination.is_some();
        let destination = destination.unwrap_or_else(|| "USER@HOST".to_owned());
        let ports: String = ports.iter().map(|port| format!("-L {port}:127.0.0.1:{port} ")).collect();
        Command { line: format!("ssh -N {ports}{server_port}{destination}"), complete }
    }

    /// In a container, what its host can do: forward the port where the runtime can reach the loopback
    /// address inside, else hand the address in. In a codespace, what forwards its port. None: neither, or
    /// `ssh` leads right into it.
    pub fn from_outside(&self, port: u16) -> Option<Command> {
        if self.ssh.is_some() {
            return None;
        }
        if let Some(name) = &self.codespace {
            let line = format!("gh codespace ports forward {port}:{port} -c {name}");
            return Some(Command { line, complete: true });
        }
        // The editor forwards ports, and nobody has a shell on the host.
        if self.workspace {
            return None;
        }
        let (kind, name) = (self.container?, self.name.as_deref());
        let target = name.unwrap_or(if kind == "kubernetes" { "POD" } else { "CONTAINER" });
        Some(match kind {
            "kubernetes" => {
                Command { line: format!("kubectl port-forward pod/{target} {port}:{port}"), complete: name.is_some() }
            }
            "podman" => Command { line: format!("podman exec {target} curl -s 'ADDRESS'"), complete: false },
            "docker" => Command { line: format!("docker exec {target} curl -s 'ADDRESS'"), complete: false },
            "lxc" => Command { line: format!("lxc exec {target} -- curl -s 'ADDRESS'"), complete: false },
            // Nobody knows how to get into this one: the paste field does.
            _ => return None,
        })
    }
}

impl Ssh {
    /// `SSH_CONNECTION` is client address, client port, server address, server port.
    fn read(var: &dyn Fn(&str) -> Option<String>) -> Ssh {
        let connection = var("SSH_CONNECTION").unwrap_or_default();
        let fields: Vec<&str> = connection.split_ascii_whitespace().collect();
        let address = |at: usize| fields.get(at).and_then(|text| address(text));
        let client_only = var("SSH_CLIENT").and_then(|text| self::address(text.split_ascii_whitespace().next()?));
        Ssh {
            client: address(0).or(client_only),
            server_ip: address(2),
            port: fields.get(3).and_then(|port| port.parse().ok()),
            // Under sudo, the one who logged in.
            user: ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(var).and_then(|user| plain(&user)),
        }
    }
}

/// An address, without its zone; IPv4 in IPv6 as IPv4, which is what the client typed.
fn address(text: &str) -> Option<IpAddr> {
    let ip: IpAddr = text.split('%').next()?.parse().ok()?;
    Some(ip.to_canonical())
}

/// A name that needs no quoting in any shell.
fn plain(text: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (!text.is_empty() && !text.starts_with('-') && text.len() <= 64 && text.chars().all(fine)).then(|| text.to_owned())
}

fn container(inputs: &Inputs, var: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let exists = |path: &str| (inputs.exists)(Path::new(path));
    if var("KUBERNETES_SERVICE_HOST").is_some() {
        return Some("kubernetes");
    }
    if exists("/run/.containerenv") {
        return Some("podman");
    }
    if exists("/.dockerenv") {
        return Some("docker");
    }
    if let Some(kind) = var("container") {
        let known = ["docker", "podman", "lxc", "systemd-nspawn"].into_iter().find(|known| kind.contains(known));
        return Some(known.unwrap_or("container"));
    }
    let groups = (inputs.read)(Path::new("/proc/1/cgroup")).unwrap_or_default();
    [("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("/lxc", "lxc")]
        .into_iter()
        .find(|(mark, _)| groups.contains(mark))
        .map(|(_, kind)| kind)
}

/// What tmux's session environment says about a variable of SSH: `Some(None)` when it was removed.
fn tmux_says(environment: Option<&str>, name: &str) -> Option<Option<String>> {
    if !SSH.contains(&name) && !["DISPLAY", "WAYLAND_DISPLAY"].contains(&name) {
        return None;
    }
    environment?.lines().find_map(|line| match line.strip_prefix('-') {
        Some(removed) => (removed == name).then_some(None),
        None => {
            line.split_once('=').filter(|(n, _)| *n == name).map(|(_, v)| Some(v.to_owned()).filter(|v| !v.is_empty()))
        }
    })
}

/// The ancestors of this process, nearest first, at most 32: number and name.
fn family(read: &dyn Fn(&Path) -> Option<String>) -> Vec<(u32, String)> {
    let mut family = Vec::new();
    let mut stat = read(Path::new("/proc/self/stat"));
    while let Some(text) = stat.take() {
        // The name may hold spaces and parentheses; the parent is the second field after it.
        let parent =
            text.rsplit_once(')').and_then(|(_, rest)| rest.split_ascii_whitespace().nth(1)?.parse::<u32>().ok());
        let Some(parent) = parent.filter(|parent| *parent > 0 && family.len() < 32) else { break };
        stat = read(Path::new(&format!("/proc/{parent}/stat")));
        let name = stat.as_deref().and_then(|text| Some(text.split_once('(')?.1.rsplit_once(')')?.0.to_owned()));
        family.extend(name.map(|name| (parent, name)));
    }
    family
}

fn ancestors(read: &dyn Fn(&Path) -> Option<String>) -> Vec<String> {
    family(read).into_iter().map(|(_, name)| name).collect()
}

/// What the nearest ancestor knows that has `SSH_CONNECTION`. Only root, which `sudo` makes us, can look.
fn inherited(read: &dyn Fn(&Path) -> Option<String>) -> Option<(String, Option<String>)> {
    family(read).into_iter().find_map(|(pid, _)| {
        let environment = read(Path::new(&format!("/proc/{pid}/environ")))?;
        let value = |name: &str| {
            let pairs = environment.split('\0').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
        };
        Some((value("SSH_CONNECTION")?, value("USER")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine made of variables, files, and ancestors (`<name`).
    fn host(facts: &[&str]) -> Host {
        machine(facts, None)
    }

    fn machine(facts: &[&str], tmux: Option<&str>) -> Host {
        let value =
            |name: &str| facts.iter().find_map(|fact| fact.strip_prefix(&format!("{name}=")).map(str::to_owned));
        Host::judge(&Inputs {
            var: &|name| value(name),
            exists: &|path| facts.iter().any(|fact| Path::new(fact) == path),
            read: &|path| value(path.to_str()?),
            ancestors: facts.iter().filter_map(|fact| fact.strip_prefix('<')).map(str::to_owned).collect(),
            tmux: tmux.map(str::to_owned),
            inherited: &|| value("inherited").map(|connection| (connection, value("inherited user"))),
            macos: facts.contains(&"macos"),
        })
    }

    #[test]
    fn the_verdict_and_its_reason_for_many_machines() {
        use Reason::{Container, Display, Macos, NoDisplay, Set, Sshd, Wsl};
        use Verdict::{Local, Remote};
        let wsl = "/proc/sys/kernel/osrelease=5.15.153.1-microsoft-standard-WSL2";
        for (facts, verdict, reason) in [
            (&["DISPLAY=:0"][..], Local, Display("DISPLAY")),
            (&["WAYLAND_DISPLAY=wayland-0", "DISPLAY=:0"], Local, Display("WAYLAND_DISPLAY")),
            (&["macos"], Local, Macos),
            (&["macos", "SSH_TTY=/dev/ttys1"], Remote, Set("SSH_TTY")),
            (&[], Remote, NoDisplay),
            (&["DISPLAY="], Remote, NoDisplay),
            (&["SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22"], Remote, Set("SSH_CONNECTION")),
            (&["SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22", "DISPLAY=localhost:10.0"], Remote, Set("SSH_CONNECTION")),
            (&["SSH_CLIENT=1.2.3.4 5 22"], Remote, Set("SSH_CLIENT")),
            (&["SUDO_USER=ann", "<sudo", "<bash", "<sshd", "<systemd"], Remote, Sshd),
            (&["<bash", "<sshd-session"], Remote, Sshd),
            (&["DISPLAY=:0", "<bash", "<gnome-terminal-"], Local, Display("DISPLAY")),
            (&["CODESPACES=true", "/.dockerenv"], Remote, Set("CODESPACES")),
            (&["GITPOD_WORKSPACE_ID=x"], Remote, Set("GITPOD_WORKSPACE_ID")),
            (&["/.dockerenv"], Remote, Container("docker")),
            (&["/.dockerenv", "DISPLAY=:0"], Remote, Container("docker")),
            (&["/run/.containerenv", "container=oci"], Remote, Container("podman")),
            (&["container=lxc"], Remote, Container("lxc")),
            (&["container=strange"], Remote, Container("container")),
            (&["/proc/1/cgroup=0::/kubepods/burstable/pod1"], Remote, Container("kubernetes")),
            (&["KUBERNETES_SERVICE_HOST=10.0.0.1", "/.dockerenv"], Remote, Container("kubernetes")),
            (&["WSL_DISTRO_NAME=Debian"], Local, Wsl),
            (&[wsl], Local, Wsl),
            (&[wsl, "/.dockerenv"], Remote, Container("docker")),
            (&[wsl, "SSH_TTY=/dev/pts/1"], Remote, Set("SSH_TTY")),
        ] {
            let host = host(facts);
            assert_eq!((host.verdict, &host.reason), (verdict, &reason), "{facts:?}");
            assert!(!host.message(Lang::En).is_empty() && !host.message(Lang::ZhCn).is_empty());
        }
    }

    #[test]
    fn tmux_knows_better_than_the_variables_of_its_pane() {
        let attached_from_afar = machine(&["DISPLAY=:0", "TMUX=x"], Some("SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22\n"));
        assert_eq!(attached_from_afar.reason, Reason::Set("SSH_CONNECTION"));
        let old = ["SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22", "SSH_TTY=/dev/pts/1", "SSH_CLIENT=x", "DISPLAY=:0", "TMUX=x"];
        let back_home = machine(&old, Some("-SSH_CONNECTION\n-SSH_TTY\n-SSH_CLIENT\nDISPLAY=:1\n"));
        assert_eq!((back_home.verdict, back_home.ssh), (Verdict::Local, None));
    }

    #[test]
    fn the_tunnel_is_the_one_of_this_session() {
        let line = |facts: &[&str]| {
            let command = host(facts).tunnel(1456);
            (command.line, command.complete)
        };
        let whole = |text: &str| (text.to_owned(), true);
        assert_eq!(
            line(&["SSH_CONNECTION=198.51.100.7 50000 203.0.113.9 22", "USER=root"]),
            whole("ssh -N -L 1456:127.0.0.1:1456 root@203.0.113.9")
        );
        assert_eq!(
            line(&["SSH_CONNECTION=198.51.100.7 50000 203.0.113.9 2222", "USER=root", "SUDO_USER=ann"]),
            whole("ssh -N -L 1456:127.0.0.1:1456 -p 2222 ann@203.0.113.9")
        );
        assert_eq!(
            line(&["SSH_CONNECTION=2001:db8::7 50000 2001:db8::9 22", "USER=ann"]),
            whole("ssh -N -L 1456:127.0.0.1:1456 ann@2001:db8::9")
        );
        assert_eq!(
            line(&["SSH_CONNECTION=::ffff:1.2.3.4 5 ::ffff:6.7.8.9 22", "LOGNAME=ann"]),
            whole("ssh -N -L 1456:127.0.0.1:1456 ann@6.7.8.9")
        );
        // sudo and su forget the connection; an ancestor has it.
        let forgotten = ["<sudo", "<bash", "<sshd", "inherited=198.51.100.7 50000 203.0.113.9 2222"];
        assert_eq!(
            line(&[&forgotten[..], &["SUDO_USER=ann", "USER=root"]].concat()),
            whole("ssh -N -L 1456:127.0.0.1:1456 -p 2222 ann@203.0.113.9")
        );
        assert_eq!(
            line(&[&forgotten[..], &["inherited user=ann", "USER=root"]].concat()),
            whole("ssh -N -L 1456:127.0.0.1:1456 -p 2222 ann@203.0.113.9")
        );
        let open = ("ssh -N -L 1456:127.0.0.1:1456 USER@HOST".to_owned(), false);
        assert_eq!(line(&["SSH_TTY=/dev/pts/0", "USER=ann"]), open);
        assert_eq!(line(&[]), open);
        assert_eq!(line(&["SSH_CONNECTION=a b $(reboot) x", "USER=ann"]), open);
        assert_eq!(line(&["SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22", "USER=ann;reboot"]), open);
    }

    #[test]
    fn a_container_has_a_form_of_its_own() {
        let line = |facts: &[&str]| host(facts).from_outside(1456).map(|command| command.line);
        let pod = line(&["KUBERNETES_SERVICE_HOST=x", "HOSTNAME=claw-0"]);
        assert_eq!(pod.as_deref(), Some("kubectl port-forward pod/claw-0 1456:1456"));
        let docker = line(&["/.dockerenv", "/etc/hostname=4f1c2d3e\n"]);
        assert_eq!(docker.as_deref(), Some("docker exec 4f1c2d3e curl -s 'ADDRESS'"));
        assert_eq!(line(&["/.dockerenv", "HOSTNAME=a;b"]).as_deref(), Some("docker exec CONTAINER curl -s 'ADDRESS'"));
        let codespace = line(&["CODESPACES=true", "CODESPACE_NAME=fuzzy-space-7x", "/.dockerenv"]);
        assert_eq!(codespace.as_deref(), Some("gh codespace ports forward 1456:1456 -c fuzzy-space-7x"));
        assert_eq!(line(&["CODESPACES=true", "CODESPACE_NAME=a;b"]), None);
        assert_eq!(line(&["container=strange"]), None, "no command is known to get in");
        assert_eq!(line(&["DISPLAY=:0"]), None);
        for cloud in CLOUD {
            let inside = host(&[&format!("{cloud}=x"), "/.dockerenv", "HOSTNAME=a"]);
            assert_eq!((inside.workspace, inside.from_outside(1456)), (true, None), "{cloud}");
        }
        assert_eq!(line(&["/.dockerenv", "SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22"]), None);
    }

    #[test]
    fn the_user_has_the_last_word_and_this_machine_has_a_verdict() {
        let host = host(&["SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22", "USER=ann"]);
        let asked = host.asked(Verdict::Local);
        assert_eq!((asked.verdict, &asked.reason), (Verdict::Local, &Reason::Asked));
        assert_eq!(asked.tunnel(1456), host.tunnel(1456));
        assert_eq!(asked.asked(Verdict::Remote), host, "back again, for the reason that it had");
        assert!(!ancestors(&|path| std::fs::read_to_string(path).ok()).is_empty());
        Host::here();
    }
}
