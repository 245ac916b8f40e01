//! Every option as a typed field, with its range.
//!
//! Field names are the keys of the file; what each option means stands once, in
//! `default.toml`. Nothing is computed here: what depends on several options is
//! in `config::check`.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

mod posts;
mod served;

pub use self::posts::{Moderation, Posts};
pub use self::served::{Card, Circle, Plugin, Publisher, PublisherKey};
use super::outbound_host::OutboundHost;
use super::problem::Problems;
use super::read::{self, list, number, parsed, parsed_or_empty, section};
use super::tree::Cursor;
use super::values::{LogFormat, TokenDigest, WebOrigin};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
const GIB: usize = 1 << 30;
const HOUR_MS: u64 = 3_600_000;
const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

section! {
    /// `[server]`
    Server {
        /// For readers and pages.
        listen: SocketAddr = socket_address,
        /// `None` means the address listened on, which then is loopback.
        public_url: Option<WebOrigin> = parsed_or_empty,
        /// `None` means the same listener.
        operator_listen: Option<SocketAddr> = optional_socket_address,
        /// SHA-256 of each token of the operator's.
        operator_token_sha256: Vec<TokenDigest> = list(parsed),
        /// Proxies of ours in front.
        trusted_proxy_hops: usize = number(0..=16),
        /// Bytes of a request body.
        body_bytes_max: usize = number(KIB..=64 * MIB),
        /// Bytes of a request's line and headers.
        head_bytes_max: usize = number(8 * KIB..=MIB),
        /// Headers of a request.
        headers_max: usize = number(8..=10_000),
        /// Bytes of a request's path and query.
        uri_bytes_max: usize = number(64..=65_534),
        /// Milliseconds from a connection's or a head's first byte to its end.
        head_timeout_ms: u64 = number(1..=HOUR_MS),
        /// Milliseconds a connection is kept between requests.
        idle_timeout_ms: u64 = number(1..=HOUR_MS),
        /// Milliseconds a transfer may be slower than the next option says.
        transfer_grace_ms: u64 = number(1..=HOUR_MS),
        /// Bytes a second of a transfer on the whole.
        transfer_bytes_per_second_min: NonZeroU32 = rate,
        /// Milliseconds that what was sent may stay unacknowledged.
        peer_timeout_ms: u64 = number(1_000..=HOUR_MS),
        /// Bytes that the system buffers for one peer.
        send_buffer_bytes: usize = number(4 * KIB..=64 * MIB),
        /// Milliseconds from a request's head to its answer's head.
        request_timeout_ms: u64 = number(1..=HOUR_MS),
        /// Milliseconds for running requests to end at shutdown.
        shutdown_grace_ms: u64 = number(0..=HOUR_MS),
        /// Open connections at once.
        connections_max: usize = number(1..=1_000_000),
        /// Open connections of one address.
        connections_per_address_max: usize = number(1..=1_000_000),
        /// Requests at once on one HTTP/2 connection.
        requests_per_connection_max: u32 = number(1..=10_000),
        /// Whether plain http with a public name is allowed.
        insecure_cookies: bool = read::truth,
    }
}

section! {
    /// `[data]`
    Data {
        /// Where everything lies that outlives the process.
        dir: PathBuf = read::path,
        /// Bytes of the store's cache.
        cache_bytes_max: usize = number(MIB..=1 << 40),
        /// Commits that wait.
        commit_queue_max: usize = number(1..=1_000_000),
        /// Commits that share a sync.
        commit_group_max: usize = number(1..=100_000),
        /// Bytes of commits that share a sync.
        commit_group_bytes_max: usize = number(4 * KIB..=8 * MIB),
        /// Bytes of one file of the journal.
        journal_segment_bytes: u64 = number(16 << 20..=1 << 30),
        /// Bytes of journal that make a checkpoint due.
        checkpoint_journal_bytes: u64 = number(48 << 20..=1 << 40),
        /// Bytes of commits that are not in the index yet.
        window_bytes_max: usize = number(MIB..=1 << 40),
        /// Commits of a circle whose keys are remembered.
        changes_per_circle_max: usize = number(1..=1_000_000),
        /// Circles kept at hand.
        circles_open_max: usize = number(1..=100_000_000),
    }
}

section! {
    /// `[log]`
    Log {
        /// How lines look.
        format: LogFormat = parsed,
        /// Directives as `tracing_subscriber::EnvFilter` reads them; checked.
        filter: String = log_filter,
    }
}

section! {
    /// `[sandbox]`
    Sandbox {
        /// Bytes of linear memory of one call.
        memory_bytes_max: usize = number(64 * KIB..=4 * GIB),
        /// Bytes of WebAssembly stack of one call.
        stack_bytes_max: usize = number(16 * KIB..=64 * MIB),
        /// Elements of one table.
        table_elements_max: usize = number(1..=10_000_000),
        /// Running milliseconds of one render.
        render_deadline_ms: u64 = number(1..=60_000),
        /// Running milliseconds of one action.
        handle_deadline_ms: u64 = number(1..=60_000),
        /// Running milliseconds of one job.
        job_deadline_ms: u64 = number(1..=60_000),
        /// Calls at once.
        instances_max: u32 = number(1..=100_000),
        /// Calls at once of one plugin.
        instances_per_plugin_max: u32 = number(1..=100_000),
        /// Milliseconds a call waits for its turn.
        permit_wait_ms: u64 = number(0..=60_000),
        /// Running milliseconds in a second of the clock; 0 is unlimited.
        cpu_ms_per_second_per_plugin: u64 = number(0..=1_000_000),
        /// Running milliseconds in a second of the clock; 0 is unlimited.
        cpu_ms_per_second_per_publisher: u64 = number(0..=1_000_000),
        /// Running milliseconds that can be saved up.
        cpu_burst_ms: u64 = number(1..=HOUR_MS),
        /// Host calls in one call.
        hostcalls_max: u64 = number(1..=1_000_000_000),
        /// Bytes copied between plugin and host in one call.
        hostcall_bytes_max: usize = number(64 * KIB..=GIB),
        /// Lines of log of one call.
        log_lines_max: usize = number(0..=100_000),
        /// Bytes of log of one call.
        log_bytes_max: usize = number(0..=16 * MIB),
        /// Core instances in one component.
        core_instances_per_component_max: u32 = number(1..=1_000),
        /// Linear memories in one component.
        memories_per_component_max: u32 = number(1..=100),
        /// Bytes of a plugin's file.
        component_bytes_max: usize = number(KIB..=GIB),
        /// Bytes of memory of the compiling process.
        compile_memory_bytes_max: u64 = number(128 << 20..=1 << 40),
        /// Running milliseconds of the compiling process.
        compile_cpu_ms: u64 = number(1_000..=HOUR_MS),
        /// Milliseconds of the compiling process by the clock.
        compile_wall_ms: u64 = number(100..=HOUR_MS),
        /// Faults in a row before a plugin rests.
        faults_before_pause: u32 = number(1..=1_000_000),
        /// Milliseconds it rests.
        fault_pause_ms: u64 = number(0..=24 * HOUR_MS),
        /// Milliseconds `serve` waits for plugins before it listens.
        startup_wait_ms: u64 = number(0..=HOUR_MS),
    }
}

section! {
    /// `[view]`
    View {
        /// Nodes of one view.
        nodes_max: usize = number(1..=100_000),
        /// Nodes inside one another.
        depth_max: usize = number(1..=256),
        /// Bytes of all text of one view.
        text_bytes_max: usize = number(KIB..=64 * MIB),
    }
}

section! {
    /// `[state]`
    State {
        /// Bytes of a key. The store's own prefix and its limit of 256 bytes
        /// leave no more.
        key_bytes_max: usize = number(1..=128),
        /// Bytes of a value.
        value_bytes_max: usize = number(1..=65_536),
        /// Writes of one commit.
        commit_writes_max: usize = number(1..=256),
        /// Bytes of keys and values of one commit.
        commit_bytes_max: usize = number(KIB..=4 * MIB),
        /// Entries of one page.
        page_entries_max: usize = number(1..=10_000),
        /// Bytes of keys and values of one page.
        page_bytes_max: usize = number(KIB..=16 * MIB),
        /// Keys and counters of one card.
        card_keys_max: u64 = number(1..=u64::MAX >> 1),
        /// Bytes of one card.
        card_bytes_max: u64 = number(1..=u64::MAX >> 1),
        /// Keys and counters of one plugin in one circle.
        plugin_keys_max: u64 = number(1..=u64::MAX >> 1),
        /// Bytes of one plugin in one circle.
        plugin_bytes_max: u64 = number(1..=u64::MAX >> 1),
    }
}

section! {
    /// `[timers]`
    Timers {
        /// Timers of one card.
        per_card_max: usize = number(1..=10_000),
        /// Bytes of a timer's name. Keys are built from them.
        name_bytes_max: usize = number(1..=64),
        /// Bytes of a payload.
        payload_bytes_max: usize = number(0..=8 * KIB),
        /// Tries of one delivery.
        attempts_max: u32 = number(1..=100),
        /// Deliveries put aside, of one circle.
        dead_letters_per_circle_max: usize = number(1..=10_000),
        /// Jobs run at once.
        jobs_at_once_max: usize = number(1..=1_000),
    }
}

section! {
    /// `[outbound]`
    Outbound {
        /// Where requests may go; empty is nowhere.
        hosts: Vec<OutboundHost> = list(parsed),
        /// Milliseconds of one try, redirects included.
        timeout_ms: u64 = number(1..=HOUR_MS),
        /// Bytes of an answer's body.
        response_bytes_max: usize = number(0..=8 * MIB),
        /// Requests a minute of one plugin.
        requests_per_minute_per_plugin: NonZeroU32 = rate,
        /// Requests and answers of one card that wait.
        pending_per_card_max: usize = number(1..=10_000),
        /// Requests under way at once.
        requests_at_once_max: usize = number(1..=10_000),
        /// Whether plain http and this machine's own addresses are allowed.
        allow_loopback_http_for_tests: bool = read::truth,
    }
}

section! {
    /// `[cache]`
    Cache {
        /// Bytes of ready-made views; 0 turns the cache off.
        views_bytes_max: u64 = number(0..=1 << 44),
    }
}

section! {
    /// `[live]`
    Live {
        /// Streams in all.
        streams_max: usize = number(0..=10_000_000),
        /// Streams that show one card.
        streams_per_card_max: usize = number(0..=10_000_000),
        /// Streams from one address.
        streams_per_address_max: usize = number(0..=10_000_000),
        /// Cards of one stream. A stream tells its cards apart by the bits of
        /// one word.
        cards_per_stream_max: usize = number(1..=64),
        /// Renders a second of one view.
        pushes_per_second_max: u32 = number(1..=1_000),
        /// Renders at once for all streams.
        renders_at_once_max: usize = number(1..=100_000),
        /// Seconds between signs of life.
        heartbeat_s: u64 = number(1..=3_600),
    }
}

section! {
    /// `[picture]`
    Picture {
        /// Pictures painted at once; 0 paints none.
        paints_at_once_max: usize = number(0..=1_000),
        /// Milliseconds one may take, waiting included.
        paint_timeout_ms: u64 = number(1..=60_000),
        /// Files and folders of type; none means the system's.
        fonts: Vec<PathBuf> = list(read::path),
    }
}

section! {
    /// `[media]`
    Media {
        /// Bytes of one file that a reader sends.
        bytes_max: usize = number(KIB..=64 * MIB),
        /// Bytes of a form with all its files.
        form_bytes_max: usize = number(KIB..=GIB),
        /// Bytes of all such forms in memory at once.
        bodies_bytes_max: usize = number(KIB..=1024 * GIB),
        /// Pixels of one.
        pixels_max: u64 = number(1..=1 << 30),
        /// The longer side of what is kept of it.
        side_px_max: u32 = number(16..=16_384),
        /// Bytes of what is kept of it.
        kept_bytes_max: usize = number(16 * KIB..=64 * MIB),
        /// Pictures decoded at once.
        decoders_at_once_max: usize = number(1..=1_000),
        /// Milliseconds from the head of a request with files to its answer's.
        upload_timeout_ms: u64 = number(1..=HOUR_MS),
        /// Bytes of all pictures of one member in one circle.
        member_bytes_max: u64 = number(1 << 10..=1 << 50),
        /// Bytes of all pictures of one circle.
        circle_bytes_max: u64 = number(1 << 10..=1 << 50),
        /// Seconds one is kept that stands in no post.
        unused_age_s: u64 = number(1..=31_536_000),
    }
}

section! {
    /// `[limits]`
    Limits {
        /// Actions a minute from one address.
        acts_per_minute_per_address: NonZeroU32 = rate,
        /// Actions a minute of one reader.
        acts_per_minute_per_reader: NonZeroU32 = rate,
        /// Actions a second on all cards of one publisher; 0 is no limit.
        acts_per_second_per_publisher: u32 = number(0..=1_000_000_000),
        /// New anonymous readers an hour from one address.
        anonymous_viewers_per_hour_per_address: NonZeroU32 = rate,
        /// Sign-ons a minute from one address.
        sign_ons_per_minute_per_address: NonZeroU32 = rate,
        /// Tickets a minute of one reader.
        tickets_per_minute_per_reader: NonZeroU32 = rate,
        /// Exports an hour of one reader's data.
        exports_per_hour_per_reader: NonZeroU32 = rate,
        /// Pictures an hour of one reader.
        uploads_per_hour_per_reader: NonZeroU32 = rate,
        /// Reports an hour of one reader.
        reports_per_hour_per_reader: NonZeroU32 = rate,
        /// Calls of publishers' servers a minute from one address.
        api_calls_per_minute_per_address: NonZeroU32 = rate,
        /// Documents, views and streams a minute for one address; 0 is no
        /// limit.
        reads_per_minute_per_address: u32 = number(0..=1_000_000_000),
        /// Clients told apart; the ones heard from least give way.
        clients_max: usize = number(1..=100_000_000),
        /// Seconds the answer to an action is kept.
        idempotency_age_s: u64 = number(60..=31_536_000),
        /// Times an action is run again after a conflict.
        action_reruns_max: u32 = number(0..=1_000),
    }
}

section! {
    /// `[identity]`
    Identity {
        /// Seconds the session of a reader lasts whom a publisher vouched for.
        session_age_s: i64 = number(1..=400 * DAY_S),
        /// Seconds between a publisher's token's `iat` and its `exp`.
        jwt_age_max_s: i64 = number(1..=HOUR_S),
        /// Seconds a publisher's clock may be off.
        clock_skew_s: i64 = number(0..=HOUR_S),
        /// Bytes of a publisher's token.
        jwt_bytes_max: usize = number(KIB..=64 * KIB),
        /// Seconds after which a key set is fetched again.
        jwks_refresh_s: u64 = number(1..=30 * 86_400),
        /// Seconds between two fetches at least, whatever tokens say.
        jwks_retry_s: u64 = number(1..=3_600),
        /// Seconds a key set counts that cannot be fetched again.
        jwks_age_max_s: u64 = number(1..=30 * 86_400),
        /// Bytes of a key set.
        jwks_bytes_max: usize = number(KIB..=MIB),
        /// Keys of a key set.
        jwks_keys_max: usize = number(1..=1_000),
        /// Milliseconds a fetch may take.
        jwks_timeout_ms: u64 = number(1..=60_000),
        /// Anonymous readers that a person was and that are looked for in a
        /// circle.
        formers_max: usize = number(1..=64),
        /// Seconds a ticket lasts.
        ticket_age_s: i64 = number(1..=HOUR_S),
    }
}

section! {
    /// `[members]`
    Members {
        /// Members of one circle.
        joined_max: u64 = number(1..=1 << 40),
        /// Readers who wait to be admitted to one circle.
        waiting_max: u64 = number(1..=1 << 40),
        /// Seconds after an act in which a member is present.
        present_s: u64 = number(60..=DAY_S.cast_unsigned()),
        /// Seconds that a circle can be taken which its owner offers.
        transfer_age_s: u64 = number(1..=365 * 86_400),
    }
}

section! {
    /// `[directory]`
    Directory {
        /// Circles on one page.
        page_circles_max: usize = number(1..=200),
        /// Characters of a search.
        query_chars_max: usize = number(1..=1_000),
        /// Seconds that what it says of how lively circles are may be old.
        refresh_s: u64 = number(0..=3_600),
    }
}

/// What a list's items need not say: list, key, default in TOML.
pub(crate) const ITEM_DEFAULTS: [(&str, &str); 4] = [
    (
        "publisher",
        "origins = []\nissuer = ''\njwks_url = ''\nkey = []\napi_token_sha256 = []",
    ),
    ("plugin", "deny = []"),
    (
        "circle",
        "intro = ''\ntopics = []\nowner = ''\njoin = 'open'\npre_approval = false\nwords_hold = []\nwords_refuse = []",
    ),
    ("card", "size = 'standard'\nstate = 'live'\nconfig = {}"),
];

fn socket_address(at: &Cursor<'_>, problems: &mut Problems) -> Option<SocketAddr> {
    let text = read::text(at, problems)?;
    let example = if text.starts_with("localhost") {
        "127.0.0.1:7878"
    } else {
        "0.0.0.0:7878"
    };
    let wrong = |_| {
        problems.add(
            at,
            format!("{text:?} is not an address and port; write it like {example:?}"),
        )
    };
    text.parse().map_err(wrong).ok()
}

fn optional_socket_address(at: &Cursor<'_>, problems: &mut Problems) -> Option<Option<SocketAddr>> {
    if at.text() == Some("") {
        Some(None)
    } else {
        socket_address(at, problems).map(Some)
    }
}

fn log_filter(at: &Cursor<'_>, problems: &mut Problems) -> Option<String> {
    let text = read::text(at, problems)?;
    let checked = EnvFilter::builder().parse(&text);
    let wrong = |why| {
        problems.add(
            at,
            format!("{text:?}: {why}; write it like \"info,quanka::sandbox=debug\""),
        )
    };
    checked.map_err(wrong).ok().map(|_| text)
}

fn rate(at: &Cursor<'_>, problems: &mut Problems) -> Option<NonZeroU32> {
    number(1..=1_000_000_000)(at, problems).and_then(NonZeroU32::new)
}
