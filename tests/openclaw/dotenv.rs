//! `.env` files as the real OpenClaw reads them, the documented one and the newest.

use crate::home::Home;
use openclaw_chutes::openclaw::config_get;
use serde_json::{Value, json};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `config get` shows what `${A}` to `${D}` stand for. What is not set, or to nothing, is `unset`, from the config.
const CONFIG: &str = "{
  messages: { responsePrefix: '[${A}][${B}][${C}][${D}]' },
  env: { vars: { A: 'unset', B: 'unset', C: 'unset', D: 'unset' } },
}";

const FILES: [&str; 46] = [
    "A=1\nB=2\n",
    "A=a#b\nB=a #b\nC='a#b'\nD=\"a # b\" # c\n",
    "A='Europe/Berlin' # home\nB=\"x\" y\nC='x' 'y'\nD='x",
    "A=\"one\ntwo\"\nB='three\nfour' # five\nC=`six\nseven`\n",
    "A=\"one\nB=2\n",
    "A='one\nB='two'\n",
    "export A=1\nexport\tB=2\n  export C=3\nexport D\n",
    "exportA=1\nexport=2\nA=3\n",
    "A = 1\nB= 2\nC =3\n  D  =  4  \n",
    "A: 1\nB:2\nC : 3\nD:  'x'\n",
    "A:\nB=2\n",
    "A=\nB=\nC= \nD=x\n",
    "A=\n'b'\nB=2\n",
    "A\n=1\nB=2\n",
    "A\nB=2\n",
    "A=1\nA=2\nB=x\nB=\n",
    "# A=1\n  # B=2\nC=3 # D=4\nD=#5\n",
    "A=\"a\\nb\"\nB='a\\nb'\nC=a\\nb\nD=\"a\\rb\"\n",
    "A=\"it's\"\nB='say \"x\"'\nC=`it's \"x\"`\nD=it's\n",
    "A='it\\'s'\nB=\"say \\\"x\\\"\"\nC='a\\\\'\nD='b'\n",
    "A='a\\' # x\nB='b'\n",
    "\u{feff}A=1\nB=2\n",
    "A=1\r\nB='x\r\ny'\r\nC=\"z\" # c\r\nD= \r\n",
    "A=1\rB=2\rC='x\ry'\r",
    "A.B=1\nA-B=2\n1A=3\n_A=4\nA=5\n",
    "a=1\nA=2\n",
    "A=$B\nB=${C}\nC=x\n",
    "A=äöü 汉字\nB='🦀'\n",
    "A=1;B=2\nC=1,2\n",
    "A==1\nB=a=b\nC='='\n",
    "A=\"\"\nB=''\nC=``\nD=\" \"\n",
    "A='\nB=2\nC='\nD=4\n",
    "A=\"x\"y\"\nB='x'y'z'\nC=\"'x'\"\nD='\"x\"'\n",
    "A=x\\\nB=2\n",
    "A=\ty\t\nB=\u{a0}z\u{a0}\n",
    "!A=1\n@B=2\nC=3\n",
    "A B=1\nB C: 2\nC=3\n",
    "A=1\n\n\n\nB=2\n   \n# c\n\nC=3",
    "A='x' #'\nB='y'#z\nC=\"x\"#\n",
    "A=\"multi\n# no comment\nB=inside\n\"\nC=3\n",
    "A=`a\\`b`\nB=`c`d`\n",
    "A=https://user:pw@host/x?y=1&z=2#frag\nB='https://host/#frag'\n",
    "A='{\"a\": 1, \"b\": [\"x\"]}'\nB={\"a\": 1}\n",
    "A=-----BEGIN-----\\nabc\\n-----END-----\nB=\"-----BEGIN-----\nabc\n-----END-----\"\n",
    "A=1\u{2028}B=2\nC=3\n",
    "",
];

fn ours(home: &Home) -> Value {
    config_get::get(&home.site().read().unwrap(), "messages.responsePrefix", |_| None).expect("a value")
}

fn with_env(text: &str) -> Home {
    let home = Home::with(CONFIG);
    home.write(".openclaw/.env", text);
    home
}

/// What one of the programs answers; each file takes it a second or two.
fn compare(openclaw: [std::ffi::OsString; 2]) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(text) = FILES.get(next.fetch_add(1, Ordering::Relaxed)) {
            let home = with_env(text);
            let mut command = Command::new(&openclaw[0]);
            command.arg(&openclaw[1]).args(["config", "get", "messages.responsePrefix", "--json"]).env_clear();
            command.env("HOME", home.root()).env("PATH", "/usr/bin:/bin").current_dir(home.root());
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{text:?}: {said}");
            let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
            if ours(&home) != theirs {
                wrong.push(format!("{text:?}: ours {}, theirs {theirs}", ours(&home)));
            }
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_documented_openclaw_reads_these_files_as_we_do() {
    if let Some(openclaw) = testkit::peer::argv() {
        compare(openclaw);
    }
}

#[test]
fn the_newest_openclaw_reads_these_files_as_we_do() {
    if let Some(release) = testkit::peer::Release::of("2026.9.6") {
        compare(release.argv());
    }
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_config() {
    let home = with_env("A=file\nB=file\nC= \n");
    home.write(".config/openclaw/gateway.env", "A=gateway\nC=gateway\nD=gateway\n");
    let get = |env: &'static [(&str, &str)]| {
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        config_get::get(&home.site().read().unwrap(), "messages.responsePrefix", lookup)
    };
    assert_eq!(get(&[("A", "env"), ("B", "")]), Some(json!("[env][unset][unset][gateway]")));
    assert_eq!(get(&[]), Some(json!("[file][file][unset][gateway]")));
}
