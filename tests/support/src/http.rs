//! A browser of a few lines: it follows no redirect, keeps no cookie and speaks plain HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;

/// What a server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 0 when there was no status line.
    pub status: u16,
    /// The status line and the headers.
    pub headers: String,
    /// All that followed the headers.
    pub body: String,
}

impl Answer {
    /// Where it redirects to.
    ///
    /// # Panics
    /// When it is no redirect.
    #[track_caller]
    pub fn location(&self) -> String {
        let line = self.headers.lines().find(|line| line.to_ascii_lowercase().starts_with("location:"));
        let line = line.unwrap_or_else(|| panic!("no redirect: {self:?}"));
        line["location:".len()..].trim().to_owned()
    }
}

/// Asks for a page by GET.
///
/// # Panics
/// When the address is not plain HTTP with a path, or nobody listens.
#[track_caller]
pub fn get(url: &str) -> Answer {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("plain HTTP only: {url}"));
    let (authority, path) = rest.split_once('/').unwrap_or_else(|| panic!("an address with a path: {url}"));
    request(authority, &format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"))
}

/// Sends a whole request, written out, to `host:port`.
///
/// # Panics
/// When nobody listens there.
#[track_caller]
pub fn request(authority: &str, text: &str) -> Answer {
    let mut stream = TcpStream::connect(authority).unwrap_or_else(|error| panic!("{authority}: {error}"));
    stream.write_all(text.as_bytes()).expect("a request that is sent");
    stream.set_read_timeout(Some(crate::timeout())).expect("a timeout");
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    // Not every server closes the connection: the length says where the answer ends.
    while !whole(&answer) {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(count) => answer.extend_from_slice(&part[..count]),
        }
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (headers, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, headers: headers.to_owned(), body: body.to_owned() }
}

fn whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else { return false };
    let headers = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}
