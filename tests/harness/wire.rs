//! A bare connection to the host, for what no client library would send: heads
//! that never end, bodies that trickle, frames in a flood.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::server::Host;

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub struct Wire {
    stream: TcpStream,
    /// All that the host has said so far.
    pub heard: Vec<u8>,
}

impl Wire {
    /// Connects, and says nothing.
    #[must_use]
    #[track_caller]
    pub fn connect(host: &Host) -> Wire {
        let stream = TcpStream::connect(host.address()).expect("the host accepts connections");
        Wire::of(stream)
    }

    /// Connects with little room for what is not read, which the system would
    /// make megabytes of.
    #[must_use]
    #[track_caller]
    pub fn connect_narrow(host: &Host) -> Wire {
        let connect = || {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.set_recv_buffer_size(4096)?;
            socket.connect(&host.address().into())?;
            Ok::<_, std::io::Error>(socket)
        };
        Wire::of(connect().expect("the host accepts connections").into())
    }

    fn of(stream: TcpStream) -> Wire {
        stream
            .set_write_timeout(Some(PATIENCE))
            .expect("a timeout above zero is valid");
        let heard = Vec::new();
        Wire { stream, heard }
    }

    /// Sends bytes; false once the host has hung up.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Says that nothing more will come.
    pub fn finish(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads what comes for a while; false once the host has hung up.
    pub fn listen(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        let mut buffer = [0; 16 << 10];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            self.stream
                .set_read_timeout(Some(left))
                .expect("a timeout above zero is valid");
            match self.stream.read(&mut buffer) {
                Ok(0) => return false,
                Ok(bytes) => self.heard.extend_from_slice(&buffer[..bytes]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
        }
    }

    /// Reads until the host hangs up.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn expect_end(&mut self) {
        assert!(
            !self.listen(PATIENCE),
            "the host still listens; it said {:?}",
            self.text()
        );
    }

    /// Reads until `look` sees something in all that has come.
    ///
    /// # Panics
    /// If it does not, in twenty seconds or until the host hangs up.
    #[track_caller]
    pub fn expect<T>(&mut self, what: &str, look: impl Fn(&[u8]) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(seen) = look(&self.heard) {
                return seen;
            }
            let before = self.heard.len();
            let open = self.listen(Duration::from_millis(20));
            let still = self.heard.len() == before;
            assert!(
                Instant::now() < end && (open || !still),
                "no {what} in {:?}",
                self.text()
            );
        }
    }

    /// Waits for an answer's head with this status line's beginning.
    #[track_caller]
    pub fn expect_status(&mut self, status: u16) {
        let line = format!("HTTP/1.1 {status} ");
        self.expect(&line, |heard| {
            heard.starts_with(line.as_bytes()).then_some(())
        });
    }

    /// All that the host has said so far, as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }
}
