//! A publisher's site: a few pages on `http://localhost:PORT`, which for a
//! browser is another *site* than the host's `http://127.0.0.1:PORT` (ports do
//! not make another site; names do).
//!
//! Plain `std`: it answers `GET` with bytes it was given, one connection a
//! request, and nothing else.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A browser opens connections ahead and may never use one.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A running site; it ends when dropped.
pub struct Site {
    addr: SocketAddr,
    pages: Arc<Mutex<HashMap<String, Page>>>,
}

#[derive(Clone)]
struct Page {
    content_type: &'static str,
    headers: String,
    body: Vec<u8>,
}

impl Site {
    /// Starts a site without pages, at a free port.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let addr = listener
            .local_addr()
            .expect("a bound socket has an address");
        let pages = Arc::new(Mutex::new(HashMap::new()));
        // The thread holds the pages weakly, so that dropping the site ends it.
        let weak = Arc::downgrade(&pages);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(pages) = weak.upgrade() else { return };
                thread::spawn(move || answer(&stream, &pages));
            }
        });
        Self { addr, pages }
    }

    /// `http://localhost:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.addr.port())
    }

    /// The address of a page.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Adds or replaces an HTML page.
    pub fn page(&self, path: &str, html: impl Into<Vec<u8>>) {
        self.put(path, "text/html; charset=utf-8", &[], html);
    }

    /// Adds or replaces an HTML page that is answered with further headers.
    pub fn page_with_headers(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        html: impl Into<Vec<u8>>,
    ) {
        self.put(path, "text/html; charset=utf-8", headers, html);
    }

    /// Adds or replaces a file of any type.
    pub fn file(&self, path: &str, content_type: &'static str, body: impl Into<Vec<u8>>) {
        self.put(path, content_type, &[], body);
    }

    fn put(
        &self,
        path: &str,
        content_type: &'static str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) {
        let headers = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let page = Page {
            content_type,
            headers,
            body: body.into(),
        };
        lock(&self.pages).insert(path.to_owned(), page);
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.pages = Arc::default();
        // Wakes the accepting thread, which finds nothing left to serve.
        let _ = TcpStream::connect(self.addr);
    }
}

fn answer(stream: &TcpStream, pages: &Mutex<HashMap<String, Page>>) {
    let _ = stream.set_read_timeout(Some(READ_TIMEOUT));
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    // The headers are read so that closing does not reset the connection.
    lines.take_while(|line| !line.is_empty()).for_each(drop);

    let path = request.split(' ').nth(1).unwrap_or("/");
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let page = lock(pages).get(path).cloned();
    let (status, page) = match page {
        Some(page) => ("200 OK", page),
        // Every browser asks for it; a 404 would stand in the console as an error.
        None if path == "/favicon.ico" => ("204 No Content", Page::plain("")),
        None => ("404 Not Found", Page::plain("no such page")),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n{}\r\n",
        page.content_type,
        page.body.len(),
        page.headers
    );
    // A browser that went away is no failure.
    let mut stream = stream;
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&page.body);
}

impl Page {
    fn plain(text: &str) -> Self {
        Self {
            content_type: "text/plain; charset=utf-8",
            headers: String::new(),
            body: text.as_bytes().to_vec(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
