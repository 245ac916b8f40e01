//! Accepting connections: no more at once than `server.connections_max`, and
//! of one client no more than `server.connections_per_address_max`.
//!
//! Beyond the first, connections wait in the system's queue, where they cost
//! us nothing. A client beyond the second is hung up on without a word: what
//! it would be told costs more than it is worth, and one address must not fill
//! the places of all. May import `http::address` and `http::limits`. What
//! happens on a connection is `http::connection`'s.

use super::address::Network;
use super::limits::{Place, Places};
use crate::config;
use socket2::SockRef;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The listener.
#[derive(Debug)]
pub struct BoundedListener {
    listener: TcpListener,
    in_all: Arc<Semaphore>,
    /// None where all peers are proxies of ours.
    by_network: Option<Places>,
    bounds: SocketBounds,
}

/// A connection, and its place among those that may be open.
#[derive(Debug)]
pub struct Accepted {
    /// The socket.
    pub stream: TcpStream,
    /// The other end.
    pub peer: Peer,
    /// Given back when dropped.
    pub places: (OwnedSemaphorePermit, Option<Place>),
}

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl BoundedListener {
    /// Bounds a listener.
    pub fn new(listener: TcpListener, server: &config::Server) -> BoundedListener {
        BoundedListener {
            listener,
            in_all: Arc::new(Semaphore::new(server.connections_max)),
            // Our own proxies bring everybody's requests over few addresses;
            // how many one client opens is for the proxies to bound.
            by_network: (server.trusted_proxy_hops == 0)
                .then(|| Places::new(server.connections_per_address_max)),
            bounds: SocketBounds::new(server),
        }
    }

    /// The next connection that has a place. May be dropped and called again:
    /// nothing is lost.
    pub async fn accept(&mut self) -> Accepted {
        let in_all = Arc::clone(&self.in_all)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        loop {
            // axum's own accept, which rides out errors such as too many files.
            let (stream, peer) = axum::serve::Listener::accept(&mut self.listener).await;
            let of_network = match &self.by_network {
                None => None,
                Some(places) => match places.take(Network::of(peer.ip())) {
                    Some(place) => Some(place),
                    None => {
                        tracing::debug!(
                            peer = %peer.ip(),
                            "hung up: server.connections_per_address_max"
                        );
                        continue;
                    }
                },
            };
            // Without Nagle: an answer is written whole, and waiting for a full
            // segment costs up to 40 ms on Linux.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY");
            }
            self.bounds.set(&stream);
            return Accepted {
                stream,
                peer: Peer(peer),
                places: (in_all, of_network),
            };
        }
    }
}

/// A bound on what the system buffers for a peer that reads slowly, and on how
/// long it tries to reach one that is gone. The latter would be about a quarter
/// of an hour, for each stream of a phone that went into a tunnel.
///
/// Sockets would inherit both from their listener, but for those whose
/// connections the system made before the listener had them.
#[derive(Clone, Copy, Debug)]
struct SocketBounds {
    send_buffer_bytes: usize,
    peer_timeout: Duration,
}

impl SocketBounds {
    fn new(server: &config::Server) -> SocketBounds {
        SocketBounds {
            send_buffer_bytes: server.send_buffer_bytes,
            peer_timeout: Duration::from_millis(server.peer_timeout_ms),
        }
    }

    fn set(self, stream: &TcpStream) {
        let socket = SockRef::from(stream);
        if let Err(error) = socket.set_send_buffer_size(self.send_buffer_bytes) {
            tracing::debug!(%error, "SO_SNDBUF");
        }
        #[cfg(target_os = "linux")]
        if let Err(error) = socket.set_tcp_user_timeout(Some(self.peer_timeout)) {
            tracing::debug!(%error, "TCP_USER_TIMEOUT");
        }
    }
}
