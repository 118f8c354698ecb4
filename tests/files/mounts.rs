//! Where configs lie: mounts, owners and file systems of many kinds, made for real in a mount namespace of
//! the test's own, or by system calls that fail as they do there. Each works, and `undo` puts the old bytes
//! back, or says in words what the person can do; and nothing is lost.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use testkit::{Home, need};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const OLD: &str = "{\n  // mine\n  gateway: { mode: 'local' },\n}\n";

enum Outcome {
    Works,
    /// The words, and the advice.
    Says(&'static str, &'static str),
}
use Outcome::{Says, Works};

struct Kind {
    name: &'static str,
    /// Shell commands in the namespace: `$H` is the home, `$D` its `.openclaw` and `$C` the config.
    made: &'static str,
    /// The home belongs to a user, 12345, who runs the program. False: to root.
    as_user: bool,
    /// What strace makes system calls answer.
    inject: &'static [&'static str],
    outcome: Outcome,
    /// `stat -L -c '%a %u %g'` of the config after it worked.
    stat: &'static str,
}

const fn kind(name: &'static str, made: &'static str, outcome: Outcome) -> Kind {
    Kind { name, made, as_user: false, inject: &[], outcome, stat: "600 0 0" }
}

const KINDS: &[Kind] = &[
    kind("a directory like any other", "true", Works),
    kind("the config mounted as a single file", "cp $C $H/host.json; mount --bind $H/host.json $C", Works),
    kind("the directory mounted", "mkdir $H/host; cp $C $H/host; mount --bind $H/host $D", Works),
    kind("a tmpfs", "cp $C $H/kept; mount -t tmpfs tmpfs $D; cp $H/kept $C", Works),
    kind(
        "the upper layer of an overlay",
        "mkdir $H/o; mount -t tmpfs tmpfs $H/o; mkdir $H/o/low $H/o/up $H/o/work; cp $C $H/o/low
        mount -t overlay overlay -o lowerdir=$H/o/low,upperdir=$H/o/up,workdir=$H/o/work $D",
        Works,
    ),
    kind(
        "the layers of an image, which nobody writes",
        "mkdir $H/o; mount -t tmpfs tmpfs $H/o; mkdir $H/o/low $H/o/lower; cp $C $H/o/low
        mount -t overlay overlay -o lowerdir=$H/o/low:$H/o/lower $D",
        Says("read-only", "mount"),
    ),
    kind("a read-only mount", "mount --bind $D $D; mount -o remount,bind,ro $D", Says("read-only", "mount")),
    kind(
        "the config mounted as a single read-only file",
        "cp $C $H/host.json; mount --bind $H/host.json $C; mount -o remount,bind,ro $C",
        Says("read-only", "mount"),
    ),
    kind(
        "a home where nothing may be run",
        "cp $C /tmp/kept.$$; mount -t tmpfs -o noexec,nosuid,nodev tmpfs $H; mkdir -p $D $H/tmp
        mv /tmp/kept.$$ $C; chmod 600 $C",
        Works,
    ),
    Kind {
        stat: "660 0 4321",
        ..kind("a config that a group writes", "chgrp 4321 $C; chmod 660 $C; chgrp 4321 $D; chmod 770 $D", Works)
    },
    Kind {
        stat: "600 0 4321",
        ..kind("a directory that gives its group to new files", "chgrp 4321 $D $C; chmod 2770 $D", Works)
    },
    Kind { stat: "600 12345 12345", ..kind("root in the home of somebody else", "chown -R 12345:12345 $H", Works) },
    Kind { as_user: true, stat: "600 12345 12345", ..kind("a home of one's own", "true", Works) },
    Kind {
        as_user: true,
        ..kind(
            "a config that root left, unreadable",
            "chown 0:0 $C; chmod 600 $C",
            Says("permission denied", "sudo chown"),
        )
    },
    Kind {
        as_user: true,
        ..kind("a config that root left, readable", "chown 0:0 $C; chmod 644 $C", Says("belongs to", "sudo chown"))
    },
    Kind {
        as_user: true,
        ..kind("a directory that root left", "chown 0:0 $D; chmod 755 $D", Says("permission denied", "sudo chown"))
    },
    Kind {
        as_user: true,
        stat: "600 12345 12345",
        ..kind(
            "state of ours that root left",
            "mkdir -p $H/.local/state/openclaw-chutes/locks; chown -R 0:0 $H/.local/state/openclaw-chutes
            chmod -R go= $H/.local/state/openclaw-chutes",
            Says("openclaw-chutes", "sudo chown"),
        )
    },
    Kind {
        as_user: true,
        ..kind(
            "a link into a store that nobody writes",
            "mkdir -p $H/nix/store/abc; mv $C $H/nix/store/abc/openclaw.json; ln -s $H/nix/store/abc/openclaw.json $C
            chown -R 0:0 $H/nix; chmod 444 $H/nix/store/abc/openclaw.json; chmod 555 $H/nix/store/abc
            mount --bind $H/nix $H/nix; mount -o remount,bind,ro $H/nix",
            Says("/nix/store/abc", ""),
        )
    },
    kind(
        "a disk that is full",
        "cp $C $H/kept; mount -t tmpfs -o size=16k tmpfs $D; cp $H/kept $C; cat /dev/zero >$D/full 2>/dev/null",
        Says("no space", "space"),
    ),
    Kind { inject: &["fsync:error=EDQUOT"], ..kind("a quota that is used up", "true", Says("quota", "space")) },
    Kind { inject: &["flock:error=ENOLCK"], ..kind("a network file system without locks", "true", Works) },
    Kind {
        inject: &["flock:error=ENOLCK", "renameat2:error=EINVAL", "fchmod:error=EPERM", "linkat:error=EPERM"],
        ..kind("CIFS: no locks, no modes, no links, no exchange", "true", Works)
    },
    Kind { inject: &["fchmod,chmod:error=EPERM"], ..kind("vfat, which has no modes", "true", Works) },
];

/// What was seen in the namespace.
struct Seen {
    onboard: Value,
    code: String,
    undo: String,
    stat: String,
    after: String,
    undone: String,
    left: String,
}

const NAMES: &str = "H=$HOME D=$HOME/.openclaw C=$HOME/.openclaw/openclaw.json; cd /\n";

const SCRIPT: &str = r#"
[ "$AS_USER" = "" ] || chown -R 12345:12345 $H
eval "set -e; $MADE; set +e" || exit 99
as() { if [ "$AS_USER" = "" ]; then "$@"; else setpriv --reuid 12345 --regid 12345 --clear-groups "$@"; fi; }
as $TRACED $OUT/program onboard --non-interactive --json --api-key-stdin <$OUT/key >$OUT/onboard 2>$OUT/onboard.err
echo $? >$OUT/code
stat -L -c '%a %u %g' $C >$OUT/stat
cat $C >$OUT/after
find $H -name '.*chutes-*' >$OUT/left
as $TRACED $OUT/program undo >$OUT/undo 2>&1
cat $C >$OUT/undone
"#;

/// A home in a namespace of its own, and a directory outside of it for what is seen there.
struct Place {
    home: Home,
    out: tempfile::TempDir,
}

impl Place {
    fn new(standin: &Standin) -> Place {
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        let config = home.write(".openclaw/openclaw.json", OLD);
        std::fs::set_permissions(&config, PermissionsExt::from_mode(0o600)).unwrap();
        let out = tempfile::tempdir().unwrap();
        std::fs::set_permissions(out.path(), PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::write(out.path().join("key"), format!("{KEY}\n")).unwrap();
        std::fs::write(out.path().join("program"), "").unwrap();
        home.set("OUT", out.path());
        Place { home, out }
    }

    fn run(&self, name: &str, script: &str) {
        // Under the name of a program that everybody may run, whoever may look into the target directory.
        let script = format!("mount --bind {BIN} $OUT/program\nset -u\n{NAMES}{script}");
        let ran = self.home.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", &script]);
        assert_eq!(ran.code, 0, "{name}: {ran:?}");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.out.path().join(name)).unwrap_or_default()
    }

    fn onboard(&self, name: &str) -> Value {
        let said = self.read("onboard");
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{name}: {said} {}", self.read("onboard.err")))
    }
}

fn standin() -> Standin {
    let config = Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(Era::Documented));
    Standin::start(config).unwrap()
}

fn seen(kind: &Kind, standin: &Standin) -> Seen {
    let mut place = Place::new(standin);
    let injections = kind.inject.iter().flat_map(|inject| ["-e".to_owned(), format!("inject={inject}")]);
    let traced: Vec<String> = match kind.inject {
        [] => Vec::new(),
        _ => ["strace", "-f", "-qq", "-o", "/dev/null"].into_iter().map(str::to_owned).chain(injections).collect(),
    };
    place.home.set("MADE", kind.made).set("TRACED", traced.join(" "));
    place.home.set("AS_USER", if kind.as_user { "yes" } else { "" });
    place.run(kind.name, SCRIPT);
    Seen {
        onboard: place.onboard(kind.name),
        code: place.read("code"),
        undo: place.read("undo"),
        stat: place.read("stat"),
        after: place.read("after"),
        undone: place.read("undone"),
        left: place.read("left"),
    }
}

/// What is not as it should be.
fn wrong(kind: &Kind, seen: &Seen) -> Option<String> {
    let Seen { onboard, code, undo, stat, after, undone, left } = seen;
    let error = |name: &str| onboard["error"][name].as_str().unwrap_or_default().to_lowercase();
    let problem = match kind.outcome {
        Works if code.trim() != "0" => format!("{onboard}"),
        Works if !after.contains("chutes/zai-org") || !after.contains("// mine") => format!("written: {after}"),
        Works if stat.trim() != kind.stat => stat.clone(),
        Says(_, advice) if !undo.is_empty() && kind.name.starts_with("state of ours") && !undo.contains(advice) => {
            undo.clone()
        }
        Works if undone != OLD => format!("undo: {undo} {undone}"),
        Says(..) if code.trim() != "1" => format!("{code} {onboard}"),
        Says(words, _) if !error("message").contains(words) => format!("{onboard}"),
        Says(_, advice) if !error("hint").contains(advice) => format!("{onboard}"),
        Says(..) if after != OLD && !after.is_empty() => format!("changed: {after}"),
        _ if !left.is_empty() => format!("left: {left}"),
        _ => return None,
    };
    Some(format!("{}: {problem}", kind.name))
}

#[test]
fn every_kind_of_place_works_or_says_what_to_do() {
    if !need::root() || !need::mounts() || !need::strace() {
        return;
    }
    let standin = standin();
    let wrong: Vec<String> = KINDS.iter().filter_map(|kind| wrong(kind, &seen(kind, &standin))).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), KINDS.len(), wrong.join("\n"));
}

/// A file that is mounted alone is written over, and a run may be killed in between.
#[test]
fn a_config_that_was_half_written_over_comes_back() {
    if !need::root() || !need::mounts() || !need::strace() {
        return;
    }
    let standin = standin();
    let place = Place::new(&standin);
    let name = "half written over";
    let script = r#"cp $C $H/host.json; mount --bind $H/host.json $C
        onboard() { "$@" $OUT/program onboard --non-interactive --json --api-key-stdin <$OUT/key; }
        onboard strace -f -qq -o /dev/null -e inject=ftruncate:signal=KILL >/dev/null 2>&1
        cat $C >$OUT/killed
        { head -c 60 $OUT/killed; tail -c +61 $C.chutes-backup-*; } >$OUT/torn
        cat $OUT/torn >$C
        onboard env >$OUT/onboard 2>$OUT/onboard.err
        cat $C >$OUT/after
        $OUT/program undo >/dev/null
        cat $C >$OUT/undone"#;
    place.run(name, script);
    assert!(place.read("killed").contains("chutes/zai-org"), "{}", place.read("killed"));
    assert!(json5::from_str::<Value>(&place.read("torn")).is_err(), "{}", place.read("torn"));
    let said = place.onboard(name);
    assert_eq!(said["changed"], true, "{said}");
    assert_eq!(place.read("after"), place.read("killed"));
    assert_eq!(place.read("undone"), OLD);
}
