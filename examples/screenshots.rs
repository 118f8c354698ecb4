//! Takes the pictures in `screenshots/`: `scripts/screenshots [name…]`.
//!
//! Adding one is one line in [`scenes`]. The steps of a script are described at [`testkit::scene::Scene`].

#![allow(clippy::print_stdout, clippy::expect_used)]

use std::path::PathBuf;
use testkit::Home;
use testkit::scene::Scene;

/// Every scene: a name to call it by, the program (ours when empty), and what happens.
fn scenes() -> Vec<(&'static str, &'static str, Scene)> {
    vec![("swatch", "sh", Scene::new(&["-c", SWATCH], "wait the end\nsnap swatch\nsnap swatch light"))]
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
    for (name, other, scene) in scenes() {
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
