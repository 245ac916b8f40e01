//! A bad line between a reader and the host: it passes every byte on, until it
//! is told to lose answers. What was asked has then been done, and the reader
//! does not know. It can lose cookies too, as a browser does that keeps none of
//! a frame's. It writes down what is asked, and counts the live streams.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A line to one host; it ends when dropped.
pub struct Proxy {
    addr: SocketAddr,
    line: Arc<Line>,
}

struct Line {
    host: Mutex<Option<SocketAddr>>,
    to_lose: AtomicUsize,
    lost: AtomicUsize,
    streams_begun: AtomicUsize,
    streams_open: AtomicUsize,
    loses_cookies: AtomicBool,
    asked: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

impl Proxy {
    /// Starts a line at a free port; where it leads is said later, since a host
    /// must know its public address before it starts.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let addr = listener
            .local_addr()
            .expect("a bound socket has an address");
        let line = Arc::new(Line {
            host: Mutex::default(),
            to_lose: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
            streams_begun: AtomicUsize::new(0),
            streams_open: AtomicUsize::new(0),
            loses_cookies: AtomicBool::new(false),
            asked: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&line);
        thread::spawn(move || {
            for reader in listener.incoming().flatten() {
                if accepting.is_over.load(Ordering::Relaxed) {
                    return;
                }
                connect(reader, &accepting);
            }
        });
        Self { addr, line }
    }

    /// Leads it to a host, by its origin `http://ADDR`.
    #[track_caller]
    pub fn lead_to(&self, origin: &str) {
        let addr = origin
            .strip_prefix("http://")
            .and_then(|addr| addr.parse().ok());
        assert!(addr.is_some(), "{origin} is no http://ADDR");
        *self
            .line
            .host
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = addr;
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Cuts the line when the answers to the next `count` posts come, before a
    /// byte of them has passed.
    pub fn lose_answers(&self, count: usize) {
        self.line.to_lose.store(count, Ordering::SeqCst);
    }

    /// Takes the cookies out of all answers from now on.
    pub fn lose_cookies(&self) {
        self.line.loses_cookies.store(true, Ordering::SeqCst);
    }

    /// The requests that went over it and begin like this, such as `POST /session `,
    /// by their first lines.
    #[must_use]
    pub fn asked(&self, beginning: &str) -> Vec<String> {
        let asked = self.line.asked.lock();
        let asked = asked.unwrap_or_else(PoisonError::into_inner);
        let found = asked.iter().filter(|line| line.starts_with(beginning));
        found.cloned().collect()
    }

    /// How many answers it has lost.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.line.lost.load(Ordering::SeqCst)
    }

    /// How many live streams have been asked for over it.
    #[must_use]
    pub fn streams_begun(&self) -> usize {
        self.line.streams_begun.load(Ordering::SeqCst)
    }

    /// How many of them are open.
    #[must_use]
    pub fn streams_open(&self) -> usize {
        self.line.streams_open.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.line.is_over.store(true, Ordering::Relaxed);
        // Wakes the accepting thread.
        let _ = TcpStream::connect(self.addr);
    }
}

/// Passes one connection on, in both directions.
fn connect(reader: TcpStream, line: &Arc<Line>) {
    let host = *line.host.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(Ok(host)) = host.map(TcpStream::connect) else {
        // Dropping it is what a host that is down looks like.
        return;
    };
    let (Ok(from_reader), Ok(to_host)) = (reader.try_clone(), host.try_clone()) else {
        return;
    };
    let is_losing = Arc::new(AtomicBool::new(false));
    let (asked, answered) = (Arc::clone(line), Arc::clone(line));
    let losing = Arc::clone(&is_losing);
    thread::spawn(move || {
        let streams = AtomicUsize::new(0);
        pass(from_reader, to_host, |bytes| {
            if let Some(line) = request_line(bytes) {
                let asked = asked.asked.lock();
                asked.unwrap_or_else(PoisonError::into_inner).push(line);
            }
            // A browser writes a request's head in one piece.
            if bytes.starts_with(b"POST ") && take_one(&asked.to_lose) {
                losing.store(true, Ordering::SeqCst);
            }
            // A stream's answer ends with its connection.
            if bytes.starts_with(b"GET /live?") {
                streams.fetch_add(1, Ordering::SeqCst);
                asked.streams_begun.fetch_add(1, Ordering::SeqCst);
                asked.streams_open.fetch_add(1, Ordering::SeqCst);
            }
            Passing::On
        });
        let ended = streams.load(Ordering::SeqCst);
        asked.streams_open.fetch_sub(ended, Ordering::SeqCst);
    });
    thread::spawn(move || {
        pass(host, reader, |_| {
            let is_lost = is_losing.load(Ordering::SeqCst);
            if is_lost {
                answered.lost.fetch_add(1, Ordering::SeqCst);
            }
            match (is_lost, answered.loses_cookies.load(Ordering::SeqCst)) {
                (true, _) => Passing::End,
                (false, true) => Passing::WithoutCookies,
                (false, false) => Passing::On,
            }
        });
    });
}

fn take_one(count: &AtomicUsize) -> bool {
    count
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| {
            count.checked_sub(1)
        })
        .is_ok()
}

/// What becomes of a piece of what is said.
enum Passing {
    On,
    WithoutCookies,
    End,
}

/// Copies until one side ends or `passing` says so; then both ends are cut.
fn pass(mut from: TcpStream, mut to: TcpStream, passing: impl Fn(&[u8]) -> Passing) {
    let mut piece = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        let bytes = &mut piece[..read];
        match passing(bytes) {
            Passing::On => {}
            Passing::WithoutCookies => rename_cookies(bytes),
            Passing::End => break,
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Makes of each cookie a header that means nothing. The host writes the head
/// of an answer in one piece.
fn rename_cookies(bytes: &mut [u8]) {
    const NAME: &[u8] = b"\r\nset-cookie:";
    for at in 0..bytes.len().saturating_sub(NAME.len()) {
        if bytes[at..at + NAME.len()].eq_ignore_ascii_case(NAME) {
            bytes[at + 2] = b'x';
        }
    }
}

/// The first line of a request, if these bytes begin one.
fn request_line(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|&byte| byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    line.ends_with(" HTTP/1.1").then(|| line.to_owned())
}
