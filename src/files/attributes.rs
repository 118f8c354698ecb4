//! Extended attributes and access control lists: the file that takes the place of another has them, too.

use crate::clean;
use rustix::buffer::spare_capacity;
use rustix::fs::{Mode, OFlags, XattrFlags, fgetxattr, flistxattr, fsetxattr};
use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

/// Longest list of names, and longest value, that Linux has.
const LONGEST: usize = 64 * 1024;
/// The access control list of a file, as an attribute.
const ACCESS_LIST: &str = "system.posix_acl_access";
/// What belongs to the old bytes, or to the machine: a signature of them, and where macOS has a file from.
const NOT_CARRIED: [&str; 3] = ["security.ima", "security.evm", "com.apple.provenance"];

/// Gives `to`, whose permission bits are `mode`, what the file at `from` has. The names of what was lost.
pub(super) fn carry_over(from: &Path, to: &File, mode: u32) -> Vec<String> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(from) = rustix::fs::open(from, flags, Mode::empty()) else { return Vec::new() };
    let mut names = Vec::with_capacity(LONGEST);
    // A file system without attributes has none to lose.
    if flistxattr(&from, spare_capacity(&mut names)).is_err() {
        return Vec::new();
    }
    let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let carried = names.filter(|name| !NOT_CARRIED.iter().any(|other| other.as_bytes() == *name));
    carried
        .filter(|name| !carry(name, &from, to, mode))
        .map(|name| clean::line(&String::from_utf8_lossy(name)))
        .collect()
}

/// Whether the new file has this attribute of the old one.
fn carry(name: &[u8], from: &impl AsFd, to: &File, mode: u32) -> bool {
    let Some(mut value) = value(name, from) else { return false };
    if name == ACCESS_LIST.as_bytes() {
        limit(&mut value, mode);
    }
    fsetxattr(to, name, &value, XattrFlags::empty()).is_ok() || self::value(name, to).as_ref() == Some(&value)
}

fn value(name: &[u8], of: &impl AsFd) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(LONGEST);
    fgetxattr(of, name, spare_capacity(&mut value)).ok()?;
    Some(value)
}

/// Takes from an access control list what the permission bits do not give to owner, group and others; whoever is
/// named in it keeps access. Four bytes of a version; then for each entry two of a tag, two of permissions and four
/// of an id, the lowest byte first (linux/posix_acl_xattr.h).
fn limit(list: &mut [u8], mode: u32) {
    const OWNER: u8 = 0x01;
    const GROUP: u8 = 0x04;
    const OTHERS: u8 = 0x20;
    for entry in list.get_mut(4..).into_iter().flat_map(|entries| entries.chunks_exact_mut(8)) {
        let shift = match entry[0] {
            OWNER => 6,
            GROUP => 3,
            OTHERS => 0,
            _ => continue,
        };
        entry[2] &= ((mode >> shift) & 7) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_gives_no_more_than_the_permission_bits() {
        // user::rw-, user:12345:r--, group::r--, mask::r--, other::r--
        let entry = |tag: u8, allowed: u8, id: u32| [&[tag, 0, allowed, 0][..], &id.to_le_bytes()].concat();
        let list = |group: u8, others: u8| {
            let entries =
                [entry(1, 6, !0), entry(2, 4, 12_345), entry(4, group, !0), entry(16, 4, !0), entry(32, others, !0)];
            [&[2, 0, 0, 0][..], &entries.concat()].concat()
        };
        let mut limited = list(4, 4);
        limit(&mut limited, 0o600);
        assert_eq!(limited, list(0, 0));
        limit(&mut [], 0o600);
        limit(&mut [2, 0, 0], 0o600);
    }
}
