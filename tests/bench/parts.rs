//! One call taken apart, in process: what the host does around the guest, what
//! the guest does, and what becomes of its view.
//!
//! The whole is measured through the host's own `Sandbox::render`. For the
//! single steps the bench does the same with wasmtime itself, because the host
//! has no clock between them.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, ensure};
use quanka::app::App;
use quanka::community::CommunityLimits;
use quanka::community::outbox::OutboxLimits;
use quanka::community::state::StateLimits;
use quanka::community::timers::TimerLimits;
use quanka::config;
use quanka::contract::{CardContext, Reader, v1};
use quanka::sandbox::call::{Call, CallKind, Visit};
use quanka::sandbox::engine::{Purpose, new_engine};
use quanka::sandbox::grants::Grants;
use quanka::sandbox::hostcalls;
use quanka::sandbox::plugin::Plugin;
use quanka::store::{Access, Quotas, Transaction};
use quanka::view::{At, Size, ViewLimits, check};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Engine, Store};

use crate::stats::{Samples, Target};
use crate::workplace::{CARD, Workplace};
use crate::{Effort, inside, native};

/// How often the guest draws in one call, to tell drawing from calling.
const DRAWS: u32 = 32;

/// What is seen in one turn, in microseconds a call.
#[derive(Default)]
struct Seen {
    call: Samples,
    empty: Samples,
    guest: Samples,
    store: Samples,
    instantiate: Samples,
    invoke: Samples,
    convert: Samples,
    discard: Samples,
    native: Samples,
    check: Samples,
    json: Samples,
    html: Samples,
}

/// Measures and prints.
pub fn measure(place: &Workplace, effort: Effort) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let seen = runtime.block_on(async {
        let bench = Bench::new(place).await?;
        let mut seen = Seen::default();
        bench.turn(&mut Seen::default(), effort.calls / 4).await?;
        for _ in 0..effort.rounds {
            bench.turn(&mut seen, effort.calls).await?;
        }
        Ok::<_, anyhow::Error>(seen)
    })?;
    print(&seen);
    Ok(())
}

fn print(seen: &Seen) {
    let line = |name: &str, samples: &Samples, target: Target| {
        let (low, high) = samples.range();
        let median = samples.median();
        let verdict = target.verdict(median);
        println!("  {name:<44}{median:>8.1} ({low:.1}–{high:.1})  {verdict}");
    };
    println!("\nOne call in process, a view of 53 nodes, in µs");
    line(
        "the call (Sandbox::render), fresh instance",
        &seen.call,
        Target::None,
    );
    line("  of it the guest's own drawing", &seen.guest, Target::None);
    line(
        "  the host's cost beside it",
        &seen.call.less(&seen.guest),
        Target::AtMost(12.0),
    );
    line(
        "the same, and a view of one node",
        &seen.empty,
        Target::None,
    );
    line("the same drawing, native", &seen.native, Target::None);
    println!("  its steps, each by itself:");
    for (name, samples) in [
        ("  store", &seen.store),
        ("  instantiate", &seen.instantiate),
        ("  invoke: lower, guest, lift", &seen.invoke),
        ("  into the host's own tree", &seen.convert),
        ("  drop the instance, clean its slot", &seen.discard),
    ] {
        line(name, samples, Target::None);
    }
    println!("  what becomes of the view:");
    for (name, samples) in [
        ("  check, version", &seen.check),
        ("  json", &seen.json),
        ("  html", &seen.html),
    ] {
        line(name, samples, Target::None);
    }
}

/// A host in this process, and its engine's twin.
struct Bench {
    app: Arc<App>,
    plugin: Arc<Plugin>,
    engine: Engine,
    instance: InstancePre<Call>,
    card: v1::card::GuestIndices,
}

impl Bench {
    async fn new(place: &Workplace) -> Result<Bench> {
        let app = inside::host(place, &place.dir("parts")?, &place.setup()).await?;
        let plugin = inside::plugin(&app)?;
        let engine = new_engine(&app.config.sandbox, Purpose::Run).map_err(broken)?;
        let mut linker = Linker::new(&engine);
        hostcalls::add_to_linker(&mut linker).map_err(broken)?;
        let component = std::fs::read(place.component())?;
        let component = Component::new(&engine, &component).map_err(broken)?;
        let instance = linker.instantiate_pre(&component).map_err(broken)?;
        Ok(Bench {
            card: v1::card::GuestIndices::new(&instance).map_err(broken)?,
            app,
            plugin,
            engine,
            instance,
        })
    }

    async fn turn(&self, seen: &mut Seen, calls: u32) -> Result<()> {
        let once = self.calls("{}", 53, calls).await?;
        let often = format!("{{\"draws\":{DRAWS}}}");
        let often = self.calls(&often, 53, calls / 8).await?;
        seen.call.add(once);
        seen.guest.add((often - once) / f64::from(DRAWS - 1));
        seen.empty.add(self.calls("{\"posts\":0}", 1, calls).await?);
        self.steps(seen, calls).await?;
        surfaces(seen, calls)
    }

    /// Microseconds of one `Sandbox::render`.
    async fn calls(&self, config: &str, nodes: usize, calls: u32) -> Result<f64> {
        let card = self.app.cards.values().next();
        let publisher = card.context("the card is configured")?.circle.publisher();
        let mut us = 0.0;
        for _ in 0..calls {
            let visit = self.visit(config).await?;
            let began = Instant::now();
            let rendered = self
                .app
                .sandbox
                .render(&self.plugin, &publisher.budget, visit)
                .await?;
            us += micros(began);
            ensure!(rendered.view.nodes.len() == nodes, "it drew another view");
        }
        Ok(us / f64::from(calls))
    }

    /// The steps of a call, each with its own clock.
    async fn steps(&self, seen: &mut Seen, calls: u32) -> Result<()> {
        let mut us = [0.0; 5];
        let grants = Arc::new(Grants::default());
        let limits = community_limits(&self.app.config);
        for _ in 0..calls {
            let visit = self.visit("{}").await?;
            let context = v1::card_context(&visit.card);
            let mut clock = Instant::now();
            let mut lap = |step: &mut f64| {
                *step += micros(clock);
                clock = Instant::now();
            };
            let sandbox = &self.app.config.sandbox;
            let (grants, limits) = (Arc::clone(&grants), Arc::clone(&limits));
            let call = Call::new(visit, CallKind::Render, grants, sandbox, limits);
            let mut store = Store::new(&self.engine, call);
            store.limiter(|call| &mut call.memory);
            store.set_hostcall_fuel(sandbox.hostcall_bytes_max);
            store.set_epoch_deadline(1_000_000);
            lap(&mut us[0]);
            let instance = self.instance.instantiate_async(&mut store).await;
            let instance = instance.map_err(broken)?;
            let guest = self.card.load(&mut store, &instance).map_err(broken)?;
            lap(&mut us[1]);
            let drawn = guest.call_render(&mut store, &context).await;
            let drawn = drawn
                .map_err(broken)?
                .map_err(|error| anyhow!("{error:?}"))?;
            lap(&mut us[2]);
            let view = v1::view(drawn);
            lap(&mut us[3]);
            drop(store);
            lap(&mut us[4]);
            black_box(view);
        }
        let steps = [
            &mut seen.store,
            &mut seen.instantiate,
            &mut seen.invoke,
            &mut seen.convert,
            &mut seen.discard,
        ];
        for (samples, us) in steps.into_iter().zip(us) {
            samples.add(us / f64::from(calls));
        }
        Ok(())
    }

    async fn visit(&self, config: &str) -> Result<Visit> {
        let card = self.app.cards.values().next();
        let card = card.context("the card is configured")?;
        let store = Arc::clone(&self.app.store);
        let partition = &card.circle.partition;
        Ok(Visit {
            call_id: "call_bench".to_owned(),
            plugin: Arc::clone(&self.plugin.name),
            card: CardContext {
                config: config.into(),
                ..card.context("zh-CN", Size::Standard, &At::default())
            },
            circle: card.circle.facts(),
            posts: Arc::clone(&card.circle.posts),
            reader: Reader::none(),
            now_ms: 0,
            transaction: Transaction::begin(store, partition, Access::Read).await?,
        })
    }
}

/// The view drawn natively, checked and written.
fn surfaces(seen: &mut Seen, calls: u32) -> Result<()> {
    let limits = ViewLimits::default();
    let mut us = [0.0; 4];
    for _ in 0..calls {
        let mut clock = Instant::now();
        let mut lap = |step: &mut f64| {
            *step += micros(clock);
            clock = Instant::now();
        };
        let view = native::draw(black_box(CARD))?;
        lap(&mut us[0]);
        let view = check(view, &limits)?;
        lap(&mut us[1]);
        black_box(native::to_json(&view));
        lap(&mut us[2]);
        black_box(native::to_html(&view));
        lap(&mut us[3]);
    }
    let steps = [
        &mut seen.native,
        &mut seen.check,
        &mut seen.json,
        &mut seen.html,
    ];
    for (samples, us) in steps.into_iter().zip(us) {
        samples.add(us / f64::from(calls));
    }
    Ok(())
}

fn community_limits(config: &config::Config) -> Arc<CommunityLimits> {
    let limits = &config.state;
    let state = StateLimits {
        key_bytes_max: limits.key_bytes_max,
        value_bytes_max: limits.value_bytes_max,
        commit_writes_max: limits.commit_writes_max,
        commit_bytes_max: limits.commit_bytes_max,
        page_entries_max: limits.page_entries_max,
        page_bytes_max: limits.page_bytes_max,
        quotas: Quotas::NONE,
    };
    Arc::new(CommunityLimits {
        state,
        timers: TimerLimits {
            per_card_max: config.timers.per_card_max,
            name_bytes_max: config.timers.name_bytes_max,
            payload_bytes_max: config.timers.payload_bytes_max,
        },
        outbox: OutboxLimits::default(),
        members: config.members.clone(),
    })
}

fn micros(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e6
}

#[allow(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn broken(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}
