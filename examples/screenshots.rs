//! Takes the pictures in `screenshots/`: `scripts/screenshots [name…]`.
//!
//! Adding one is one line in [`scenes`]. The steps of a script are described at [`testkit::scene::Scene`].

#![allow(clippy::print_stdout, clippy::expect_used)]

use openclaw_chutes::standin::{ClosedPort, Config, Standin};
use std::path::PathBuf;
use testkit::Home;
use testkit::scene::Scene;

/// The services that the scenes talk to, besides the demo's own.
struct Services {
    /// As documented.
    good: Standin,
    /// Nobody is there.
    down: ClosedPort,
    /// The list of 2026-08-22, on which the default and two alias targets are not served.
    drifted: Standin,
}

impl Services {
    fn start() -> Services {
        let start = |config| Standin::start(config).expect("a stand-in");
        let drifted = std::fs::read("tests/data/chutes-models-2026-08-22.json").expect("the captured list");
        Services {
            good: start(Config::demo()),
            down: ClosedPort::new().expect("a port"),
            drifted: start(Config { models: drifted, ..Config::demo() }),
        }
    }

    fn down(&self) -> String {
        format!("http://{}/v1", self.down.address().expect("its address"))
    }
}

/// A key that nobody owns, in the form Chutes gives them.
const KEY: &str =
    "cpk_4c9e1d7ab2f84c0f8e6d5b3a19c7e2d4.6e0b93d5c7a1f2e4b6d8c0a2e4f6a8b1.q8Zt3VnXw5LrYk2Hq8Zt3VnXw5LrYk2H";

/// Every scene: a name to call it by, the program (ours when empty), and what happens.
fn scenes(services: &Services) -> Vec<(&'static str, &'static str, Scene)> {
    let onboard = |url: String, script: &str| {
        Scene::new(&["onboard", "--auth-choice", "chutes-api-key"], &format!("wait Paste your\npaste {KEY}\n{script}"))
            .env("CHUTES_BASE_URL", url)
    };
    let chinese = |script: &str| Scene::new(&["demo", "--lang", "zh-CN"], script);
    let demo = |script: &str| Scene::new(&["demo"], &format!("wait How should\n{script}"));
    vec![
        ("doctor", "", demo("keys d\nwait Faults\nsnap doctor\nsize 120x40\nwait Faults\nsnap doctor-wide")),
        ("doctor-zh", "", chinese("wait OpenClaw\nkeys d\nwait 故障\nsnap doctor-zh")),
        (
            "auth",
            "",
            demo(
                "
                snap auth
                snap auth light
                keys ?
                wait Keys
                snap help
            ",
            ),
        ),
        (
            "auth-env",
            "",
            Scene::new(
                &["onboard"],
                "
                wait How should
                wait CHUTES_API_KEY
                snap auth-environment
            ",
            )
            .env("CHUTES_API_KEY", KEY)
            .env("CHUTES_BASE_URL", services.good.api_base()),
        ),
        (
            "key",
            "",
            onboard(
                services.good.api_base(),
                "
                wait of 102
                snap key
                keys C-u
                paste cak_not.a.key
                keys Enter
                wait OAuth access token
                snap key-problem
            ",
            ),
        ),
        (
            "discover",
            "",
            onboard(
                services.down(),
                "
                keys Enter
                wait built-in models
                snap discover
                size 40x12
                wait Enter goes on
                snap discover
            ",
            ),
        ),
        (
            "models",
            "",
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                snap models
                snap models light
                size 120x40
                wait live
                snap models
                size 40x12
                wait GLM
                snap models
            ",
            ),
        ),
        (
            "models-16",
            "",
            // The palette of 16 is the user's own; in this one, bright black is the ground.
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                keys f Down
                snap models-16 solarized
                keys Up Enter
                wait answered in
                snap review-16 solarized
            ",
            )
            .env("TERM", "xterm"),
        ),
        (
            "models-plain",
            "",
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                snap models-no-color
            ",
            )
            .env("NO_COLOR", "1"),
        ),
        (
            "sizes",
            "",
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                size 60x20
                wait live
                snap models
                size 200x60
                wait live
                snap models
            ",
            ),
        ),
        (
            "filter",
            "",
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                type /glm reasoning
                wait glm
                snap filter
            ",
            ),
        ),
        (
            "alias",
            "",
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                keys Down e
                wait leave it
                type chutes-pro
                wait already
                snap alias
                keys F1
                wait Keys
                snap alias-help
            ",
            ),
        ),
        (
            "figures",
            "",
            onboard(
                services.drifted.api_base(),
                "
                keys Enter
                wait state
                keys Y
                wait Taken
                keys R
                wait most used
                snap recommend
                size 120x40
                wait ttft
                snap figures
                snap figures light
                keys T
                wait rows shown?
                keys Enter
                wait answered. Cost
                snap tested
            ",
            )
            .env("CHUTES_IDP_BASE_URL", services.drifted.idp_base()),
        ),
        (
            "drift",
            "",
            onboard(
                services.drifted.api_base(),
                "
                keys Enter
                wait live
                snap drift
                size 120x40
                wait live
                snap drift
            ",
            ),
        ),
        (
            "review",
            "",
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                keys Enter
                wait answered in
                snap review
                snap review light
                size 120x40
                wait answered
                snap review
                size 40x12
                wait answered
                snap review
            ",
            ),
        ),
        (
            "done",
            "",
            onboard(
                services.good.api_base(),
                "
                keys Enter
                wait live
                keys Enter
                wait answered in
                keys Enter
                wait is set up
                snap done
                keys u
                wait Undone
                snap undone
            ",
            ),
        ),
        ("app", "", Scene::new(&["onboard", "--auth-choice", "chutes"], "wait Which OAuth\nsnap app")),
        (
            "signin",
            "",
            Scene::new(
                &["onboard", "--auth-choice", "chutes"],
                "
                wait Open this link
                snap signin
                snap signin light
                size 120x40
                wait Open this link
                snap signin
                keys q
                gone paste the address
                snap qr
            ",
            )
            .env("CHUTES_CLIENT_ID", "cid_abc123def456ghi789jkl012")
            .env("CHUTES_CLIENT_SECRET", "csc_0123456789abcdefghijABCDEFGHIJ0123456789abcdefgh")
            .env("USER", "root")
            .env("SSH_CONNECTION", "198.51.100.7 50022 203.0.113.9 22"),
        ),
        ("auth-zh", "", chinese("wait OpenClaw\nsnap auth-zh")),
        (
            "models-zh",
            "",
            Scene::new(
                &["onboard", "--auth-choice", "chutes-api-key", "--lang", "zh-CN"],
                &format!(
                    "
                wait 请粘贴
                paste {KEY}
                keys Enter
                wait 实时
                snap models-zh
                keys Enter
                wait 毫秒内响应
                snap review-zh
            "
                ),
            )
            .env("CHUTES_BASE_URL", services.good.api_base()),
        ),
        (
            "swatch",
            "sh",
            Scene::new(
                &["-c", SWATCH],
                "
                wait the end
                snap swatch
                snap swatch light
            ",
            ),
        ),
    ]
}

/// Colours, attributes, line art and wide characters: to judge the rasteriser by eye. Not one of our screens.
const SWATCH: &str = r#"
printf '\033[?25l\n  \033[1mBold\033[0m  \033[2mdim\033[0m  \033[3mitalic\033[0m  \033[4munderlined\033[0m  \033[7m reversed \033[0m  plain 0O1lI|\n\n  '
for n in 0 1 2 3 4 5 6 7; do printf "\033[3${n}m colour$n"; done; printf '\033[0m\n  '
for n in 0 1 2 3 4 5 6 7; do printf "\033[9${n}m bright$n"; done; printf '\033[0m\n  '
for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do printf "\033[48;5;${n}m    "; done; printf '\033[0m\n  '
for n in 16 22 28 34 40 46 82 118 154 190 226 220 214 208 202 196; do printf "\033[48;5;${n}m    "; done
printf '\033[0m\n\n'
printf '  ┌──┬──┐ ╔══╦══╗ ┏━━┳━━┓ ╭──╮ ╓──╖ ┄┄┄ ╱╲ ▁▂▃▄▅▆▇█ ▏▎▍▌▋▊▉ ░▒▓\n'
printf '  │  │  │ ║  ║  ║ ┃  ┃  ┃ │  │ ╟──╢ ┆┆┆ ╲╱ ▖▗▘▙▚▛▜▝▞▟ ▀▄ ⣿⠿⡇\n'
printf '  ├──┼──┤ ╠══╬══╣ ┣━━╋━━┫ ╰──╯ ╙──╜ ╍╍╍ ╳╳ 🬀🬁🬂🬃🬄🬅🬆🬇🬈🬉🬊🬋🬻\n'
printf '  └──┴──┘ ╚══╩══╝ ┗━━┻━━┛\n\n'
printf '  \033[36m●\033[0m Auth  \033[1;36m◆\033[0m Sign in  ○ Discover  ▸ ▾ ▴ … · ✓ ✗ ! × → — ◌ ▏\n\n'
printf '  登录 Chutes，在任意浏览器打开此链接  │ ok\n'
printf '  \033[1m选择默认模型\033[0m  日本語  한국어  é ü ñ │ ok\n\n'
printf '  the end'; read line
"#;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let program = PathBuf::from(arguments.next().expect("usage: screenshots PROGRAM DIRECTORY [NAME…]"));
    let out = PathBuf::from(arguments.next().expect("usage: screenshots PROGRAM DIRECTORY [NAME…]"));
    let wanted: Vec<_> = arguments.collect();
    std::fs::create_dir_all(&out).expect("the directory for the pictures");
    let services = Services::start();
    for (name, other, scene) in scenes(&services) {
        // Pictures of other programs are taken only when asked for.
        let asked = wanted.iter().any(|word| word == name) || (wanted.is_empty() && other.is_empty());
        if !asked {
            continue;
        }
        let program = if other.is_empty() { program.clone() } else { PathBuf::from(other) };
        for picture in scene.shoot(&Home::new(), program, &out) {
            println!("{}", picture.display());
        }
    }
}
