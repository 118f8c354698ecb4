//! Who holds a TCP port on this machine, as far as `/proc` lets us see.

use crate::clean;
use crate::files::entries;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// `name (pid)` of a process that listens on `port`; None when it cannot be read (another user's
/// process, no `/proc`).
pub fn holder_of(port: u16) -> Option<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    let sockets: HashSet<String> =
        tables.iter().flat_map(|table| listening(table, port)).map(|inode| format!("socket:[{inode}]")).collect();
    if sockets.is_empty() {
        return None;
    }
    for process in entries(Path::new("/proc")) {
        let name = process.file_name().and_then(|name| name.to_str());
        let Some(pid) = name.and_then(|name| name.parse::<u32>().ok()) else { continue };
        let holds = |target: std::path::PathBuf| target.to_str().is_some_and(|target| sockets.contains(target));
        if entries(&process.join("fd")).iter().any(|fd| fs::read_link(fd).is_ok_and(holds)) {
            let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
            return Some(format!("{} ({pid})", clean::excerpt(name.trim(), 40)));
        }
    }
    None
}

/// Inodes of the sockets in state LISTEN (0A) on `port`, from the text of `/proc/net/tcp`.
fn listening(table: &str, port: u16) -> Vec<&str> {
    let wanted = format!(":{port:04X}");
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let listens = fields.get(1)?.ends_with(&wanted) && *fields.get(3)? == "0A";
            listens.then(|| fields.get(9).copied()).flatten()
        })
        .collect()
}
