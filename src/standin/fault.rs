//! The ways in which the stand-in can misbehave.

use crate::http1::{self, Request, Response};
use serde_json::json;
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// What happens instead of the honest answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// The connection is cut without an answer.
    Close,
    /// No answer, ever; the connection stays open.
    Hang,
    /// A header byte every 50 ms, never the end.
    SlowHeaders,
    /// This status. Its body repeats the `Authorization` that was sent, as a careless service would:
    /// whoever prints errors has to take the credential out.
    ///
    /// 402 comes in the service's own shape: an object with a message.
    Status(u16),
    /// 402 of an account whose quota is used up, with the time at which it begins anew.
    Quota,
    /// A web page with status 200, as a network's login page gives it.
    Html,
    /// Half of the honest body under the whole length.
    Truncated,
    /// JSON of a shape that nobody promised.
    OddJson,
    /// A list without models.
    EmptyList,
    /// A few kilobytes of gzip that become 64 MiB.
    GzipBomb,
    /// 16 MiB of a JSON list.
    Oversized,
    /// A redirect with this status to this address.
    Redirect(u16, String),
    /// This body in place of the honest one, with status 200.
    Body(Vec<u8>),
    /// The honest answer of a service whose clock is ahead by so many seconds; below zero: behind.
    Clock(i64),
}

impl Fault {
    /// The fault of that name, as scripts write it: `close`, `hang`, `slow-headers`, `html`, `quota`,
    /// `truncated`, `odd-json`, `empty-list`, `gzip-bomb`, `oversized`, a status such as `503`, or a
    /// redirect such as `307:http://…`.
    pub fn from_name(name: &str) -> Option<Fault> {
        if let Some((status, to)) = name.split_once(':') {
            return Some(Fault::Redirect(status.parse().ok()?, to.to_owned()));
        }
        Some(match name {
            "none" => Fault::None,
            "close" => Fault::Close,
            "hang" => Fault::Hang,
            "slow-headers" => Fault::SlowHeaders,
            "html" => Fault::Html,
            "quota" => Fault::Quota,
            "truncated" => Fault::Truncated,
            "odd-json" => Fault::OddJson,
            "empty-list" => Fault::EmptyList,
            "gzip-bomb" => Fault::GzipBomb,
            "oversized" => Fault::Oversized,
            status => Fault::Status(status.parse().ok().filter(|status| (200..600).contains(status))?),
        })
    }

    /// Answer `request` with `honest`, or with what this fault makes of it.
    pub(super) async fn send(&self, stream: &mut TcpStream, request: &Request, honest: &Response) -> io::Result<()> {
        let as_json = |body: Vec<u8>| Response {
            status: 200,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body,
        };
        let sent = request.header("authorization").unwrap_or("no credential");
        let response = match self {
            Fault::None => honest.clone(),
            Fault::Close => return Ok(()),
            Fault::Hang => return std::future::pending().await,
            Fault::SlowHeaders => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ").await?;
                loop {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    stream.write_all(b"z").await?;
                    stream.flush().await?;
                }
            }
            Fault::Status(402) => payment(&format!("Told to answer 402 to {sent}."), false),
            Fault::Quota => payment("Quota exceeded and account balance is $0.0, please add balance", true),
            Fault::Status(status) => {
                let response = super::refusal(*status, &format!("Told to answer {status} to {sent}."));
                if *status == 429 { response.header("Retry-After", "7") } else { response }
            }
            Fault::Html => Response::html(200, "<!doctype html><title>Sign in</title><p>Welcome to this network."),
            Fault::Truncated => {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    honest.body.len()
                );
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(&honest.body[..honest.body.len() / 2]).await?;
                return stream.shutdown().await;
            }
            Fault::OddJson => as_json(br#"{"object":"list","data":{"models":"later"},"choices":7}"#.to_vec()),
            Fault::EmptyList => as_json(br#"{"object":"list","data":[]}"#.to_vec()),
            Fault::GzipBomb => as_json(bomb()).header("Content-Encoding", "gzip"),
            Fault::Oversized => as_json(oversized()),
            Fault::Redirect(status, to) => Response::json(*status, &json!({})).header("Location", to.clone()),
            Fault::Body(body) => as_json(body.clone()),
            Fault::Clock(seconds) => {
                let there = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(*seconds);
                let date = there.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
                honest.clone().header("Date", date)
            }
        };
        http1::write(stream, &response).await
    }
}

/// 402 as the service says it; `reset`: with the time at which the quota begins anew, in Unix seconds.
fn payment(message: &str, reset: bool) -> Response {
    let mut detail = json!({ "message": message });
    if reset {
        detail["quota_reset_timestamp"] = json!(1_798_243_200);
    }
    Response::json(402, &json!({ "detail": detail }))
}

/// A JSON list that is far too long: 16 MiB.
fn oversized() -> Vec<u8> {
    let mut body = br#"{"object":"list","data":["#.to_vec();
    while body.len() < 16 * 1024 * 1024 {
        body.extend_from_slice(br#"{"id":"a"},"#);
    }
    body.extend_from_slice(br#"{"id":"b"}]}"#);
    body
}

/// 64 MiB of spaces in gzip. A stream of repeated deflate blocks needs no compressor: each block with
/// fixed codes is one literal space and then matches of 258 bytes at distance 1.
fn bomb() -> Vec<u8> {
    const SIZE: usize = 64 * 1024 * 1024;
    let mut bits = Bits::default();
    bits.push(0b1, 1); // last block
    bits.push(0b01, 2); // fixed codes
    bits.code(0x30 + u32::from(b' '), 8); // the literal
    for _ in 0..SIZE / 258 {
        bits.code(0b1100_0101, 8); // length 258 (symbol 285)
        bits.code(0, 5); // distance 1 (symbol 0)
    }
    bits.code(0, 7); // end of block
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    out.extend(bits.finish());
    // Checksum and size are never reached by a reader with a limit.
    out.extend([0; 8]);
    out
}

/// Deflate's bit order: values from their low bit, Huffman codes from their high bit.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.out.push((self.held & 0xff) as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn code(&mut self, value: u32, width: u32) {
        self.push(value.reverse_bits() >> (32 - width), width);
    }

    fn finish(mut self) -> Vec<u8> {
        self.push(0, 7);
        self.out
    }
}
