//! A small HTTP/1.1 server side: just enough for the loopback callback of a sign-in and for the
//! stand-in service. One request per connection, hard limits, no keep-alive.

use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a peer may send. Bytes and time.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub header_bytes: usize,
    pub body_bytes: usize,
    pub read_time: Duration,
}

/// One parsed request. `target` is as sent: path and query, not decoded.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// First header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Of the target, without the query: `/oauth-callback`.
    pub fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// What follows the `?` of the target, as it was sent; empty without one.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map(|(_, q)| q.split('#').next().unwrap_or_default()).unwrap_or_default()
    }

    /// The value of a field of an `application/x-www-form-urlencoded` body.
    pub fn form(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(&self.body).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
    }
}

/// An answer. `Content-Length` and `Connection: close` are added when it is sent.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// A JSON document.
    pub fn json(status: u16, value: &serde_json::Value) -> Response {
        Response {
            status,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body: value.to_string().into_bytes(),
        }
    }

    /// A page in UTF-8, with status 200.
    pub fn html(status: u16, page: impl Into<Vec<u8>>) -> Response {
        Response { status, headers: vec![("Content-Type", "text/html; charset=utf-8".to_owned())], body: page.into() }
    }

    /// The same with one more header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.headers.push((name, value.into()));
        self
    }
}

/// Why no request could be read from a connection.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the request is not HTTP/1.1")]
    Malformed,
    #[error("the request is too large")]
    TooLarge,
    #[error("the request did not arrive in time")]
    Slow,
    #[error("the connection was closed")]
    Closed,
}

/// Read one request within `limits`.
pub async fn read(stream: &mut (impl AsyncRead + Unpin), limits: Limits) -> Result<Request, ReadError> {
    tokio::time::timeout(limits.read_time, read_unbounded_in_time(stream, limits)).await.map_err(|_| ReadError::Slow)?
}

async fn read_unbounded_in_time(stream: &mut (impl AsyncRead + Unpin), limits: Limits) -> Result<Request, ReadError> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let (mut request, head_len, body_len) = loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut headers);
        match parsed.parse(&bytes) {
            Ok(httparse::Status::Complete(head_len)) => {
                let request = Request {
                    method: parsed.method.unwrap_or_default().to_owned(),
                    target: parsed.path.unwrap_or_default().to_owned(),
                    headers: parsed
                        .headers
                        .iter()
                        .map(|h| (h.name.to_owned(), String::from_utf8_lossy(h.value).into_owned()))
                        .collect(),
                    body: Vec::new(),
                };
                if request.header("transfer-encoding").is_some() {
                    return Err(ReadError::Malformed);
                }
                let body_len = match request.header("content-length") {
                    Some(text) => text.trim().parse().map_err(|_| ReadError::Malformed)?,
                    None => 0,
                };
                if body_len > limits.body_bytes || head_len > limits.header_bytes {
                    return Err(ReadError::TooLarge);
                }
                break (request, head_len, body_len);
            }
            Ok(httparse::Status::Partial) if bytes.len() >= limits.header_bytes => return Err(ReadError::TooLarge),
            Ok(httparse::Status::Partial) => {}
            Err(_) => return Err(ReadError::Malformed),
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return Err(ReadError::Closed),
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    };
    bytes.drain(..head_len);
    while bytes.len() < body_len {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return Err(ReadError::Closed),
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
    bytes.truncate(body_len);
    request.body = bytes;
    Ok(request)
}

/// Send one answer and close our side.
pub async fn write(stream: &mut (impl AsyncWrite + Unpin), response: &Response) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {}\r\n", value.replace(['\r', '\n'], " ")));
    }
    head.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n", response.body.len()));
    // In one piece: a second small write would wait for the peer's delayed acknowledgement of the first.
    let mut whole = head.into_bytes();
    whole.extend_from_slice(&response.body);
    stream.write_all(&whole).await?;
    stream.flush().await?;
    stream.shutdown().await
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { header_bytes: 256, body_bytes: 16, read_time: Duration::from_secs(5) };

    fn run(bytes: &[u8]) -> Result<Request, ReadError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(|_| ReadError::Closed)?;
        let mut bytes = bytes;
        runtime.block_on(read(&mut bytes, LIMITS))
    }

    #[test]
    fn a_request_is_read_with_its_body() {
        let request =
            run(b"POST /a/b?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\na=1&b=%20tail").expect("a request");
        assert_eq!((request.method.as_str(), request.path(), request.query()), ("POST", "/a/b", "c=d"));
        assert_eq!(request.header("host"), Some("x"));
        assert_eq!(request.form("a").as_deref(), Some("1"));
    }

    #[test]
    fn limits_and_junk_are_refused() {
        assert!(matches!(run(b"GET / HTTP/1.1\r\nContent-Length: 17\r\n\r\n"), Err(ReadError::TooLarge)));
        assert!(matches!(run(&[b'a'; 600]), Err(ReadError::TooLarge | ReadError::Malformed)));
        assert!(matches!(run(b"\x16\x03\x01\x02"), Err(ReadError::Malformed)));
        assert!(matches!(run(b"GET / HTTP/1.1\r\nHost: x"), Err(ReadError::Closed)));
        assert!(matches!(run(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), Err(ReadError::Malformed)));
    }
}
