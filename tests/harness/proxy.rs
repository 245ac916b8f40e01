//! A bad line between a reader and the host: it passes every byte on, until it
//! is told to lose answers. What was asked has then been done, and the reader
//! does not know. It also counts the live streams that go over it.

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
            true
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
            !is_lost
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

/// Copies until one side ends or `may_pass` says no; then both ends are cut.
fn pass(mut from: TcpStream, mut to: TcpStream, may_pass: impl Fn(&[u8]) -> bool) {
    let mut piece = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        let bytes = &piece[..read];
        if !may_pass(bytes) || to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
