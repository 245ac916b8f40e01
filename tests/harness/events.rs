//! A client of server-sent events: reads a live stream as it comes, or not at
//! all.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::Host;

/// How long an event may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open stream.
pub struct Events {
    /// The head of the answer, names in lower case.
    pub head: String,
    connection: TcpStream,
    lines: Receiver<String>,
}

/// One event, or the comment that stands in for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// `view`, `gone`; `comment` for a comment.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its data, or the comment's text.
    pub data: String,
}

impl Event {
    /// The data as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data)
            .unwrap_or_else(|error| panic!("an event's data are JSON ({error}): {self:?}"))
    }
}

/// Sends the request for a stream, and reads nothing of the answer.
#[must_use]
#[track_caller]
pub fn connect(host: &Host, path: &str, headers: &[(&str, &str)]) -> TcpStream {
    let address = host.origin().replace("http://", "");
    let mut connection = TcpStream::connect(&address).expect("the host accepts connections");
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    connection
        .write_all(request.as_bytes())
        .expect("the host reads requests");
    connection
}

impl Events {
    /// Opens a stream, which must be answered 200.
    #[must_use]
    #[track_caller]
    pub fn open(host: &Host, path: &str, headers: &[(&str, &str)]) -> Events {
        Events::try_open(host, path, headers).unwrap_or_else(|head| panic!("{path}: {head}"))
    }

    /// Opens a stream; an error is the head of another answer.
    ///
    /// # Errors
    /// The answer is not 200.
    #[track_caller]
    pub fn try_open(host: &Host, path: &str, headers: &[(&str, &str)]) -> Result<Events, String> {
        let connection = connect(host, path, headers);
        let mut reader = BufReader::new(connection.try_clone().expect("a socket has a twin"));
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = reader.read_line(&mut head).expect("the host answers");
            assert_ne!(read, 0, "the host closed after {head:?}");
        }
        let head = head.to_ascii_lowercase();
        if !head.starts_with("http/1.1 200 ") {
            return Err(head);
        }
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        let (sender, lines) = channel();
        thread::spawn(move || {
            let mut text = String::new();
            while let Some(chunk) = chunk(&mut reader) {
                text.push_str(&chunk);
                while let Some((line, rest)) = text.split_once('\n') {
                    // A test that has seen enough stops listening.
                    let _ = sender.send(line.to_owned());
                    text = rest.to_owned();
                }
            }
        });
        Ok(Events {
            head,
            connection,
            lines,
        })
    }

    /// The next event that is no comment.
    #[track_caller]
    pub fn next(&self) -> Event {
        loop {
            let event = self.next_or_comment();
            if event.name != "comment" {
                return event;
            }
        }
    }

    /// The next event or comment.
    #[track_caller]
    pub fn next_or_comment(&self) -> Event {
        self.read()
            .unwrap_or_else(|| panic!("the stream ended before its next event"))
    }

    /// The next event, which must be one with the view of this card: its data.
    #[track_caller]
    pub fn view_of(&self, card: &str) -> Value {
        let event = self.next();
        assert_eq!(event.name, "view", "{event:?}");
        let data = event.json();
        assert_eq!(data["card"], card, "{data}");
        data
    }

    /// Waits for the end of the stream, and gives the events before it.
    #[track_caller]
    pub fn to_the_end(&self) -> Vec<Event> {
        // Comments alone would keep one going for ever.
        let began = Instant::now();
        let next = || {
            assert!(began.elapsed() < PATIENCE, "waited in vain for the end");
            self.read()
        };
        std::iter::from_fn(next).collect()
    }

    /// The next event or comment; none at the end of the stream.
    #[track_caller]
    fn read(&self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let line = match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("waited in vain for an event"),
            };
            match line.split_once(": ") {
                None if line.is_empty() && event != Event::default() => return Some(event),
                None => {}
                Some(("", comment)) => {
                    event.name = "comment".to_owned();
                    event.data = comment.to_owned();
                }
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("id", id)) => event.id = id.to_owned(),
                Some(("data", data)) => event.data = data.to_owned(),
                Some(("retry", _)) => {}
                Some(_) => panic!("not a line of an event: {line:?}"),
            }
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        // Ends the thread that reads.
        let _ = self.connection.shutdown(Shutdown::Both);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// One chunk of a body in chunked coding; none at its end.
fn chunk(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut size = String::new();
    reader.read_line(&mut size).ok()?;
    let size = usize::from_str_radix(size.trim(), 16).ok()?;
    let mut bytes = vec![0; size + 2];
    reader.read_exact(&mut bytes).ok()?;
    bytes.truncate(size);
    (size > 0).then(|| String::from_utf8(bytes).expect("events are UTF-8, and written whole"))
}
