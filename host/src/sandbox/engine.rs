//! The one place that builds a wasmtime [`Engine`].
//!
//! Every choice that a guest or an artifact depends on is made here, with its
//! reason, so that the process that compiles and the process that runs agree.

use crate::config;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, ModuleVersionStrategy, PoolingAllocationConfig,
    WasmFeatures,
};

/// Part of the key of every compiled artifact. By default wasmtime compares
/// only its major version, so a security fix in Cranelift would silently not
/// apply to what is already compiled; a test holds the number against
/// `Cargo.lock`. The suffix is ours: raise it to force recompilation.
pub const COMPILER_VERSION: &str = "48.0.8-1";

/// How much of a guest's memory stays mapped in its slot between two calls,
/// so that the next instance pays for a memset and not for page faults.
/// (Measured: 15 µs instead of 31 µs a call with 256 KiB.)
const KEEP_RESIDENT_BYTES: usize = 256 * 1024;

/// Host frames run on the guest's fiber too: store reads, encoders, logging.
const HOST_STACK_BYTES: usize = 512 * 1024;

/// What an engine is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Running guests: memory comes from a pool.
    Run,
    /// Compiling only, in the limited child process: no pool, whose address
    /// space would not fit the child's limit.
    Compile,
}

/// Builds an engine.
///
/// # Errors
///
/// When the limits contradict each other or the pool does not fit into the
/// address space.
pub fn new_engine(limits: &config::Sandbox, purpose: Purpose) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.module_version(ModuleVersionStrategy::Custom(COMPILER_VERSION.to_owned()))?;

    // What guests may use. The rest is attack surface, or not deterministic.
    config.concurrency_support(false);
    config.wasm_component_model(true);
    for feature in [
        WasmFeatures::THREADS,
        WasmFeatures::MEMORY64,
        WasmFeatures::MULTI_MEMORY,
        WasmFeatures::RELAXED_SIMD,
    ] {
        config.wasm_features(feature, false);
    }

    // Replays must agree bit for bit.
    config.cranelift_nan_canonicalization(true);

    // A slow guest yields its worker at every tick; see `limits::Meter`.
    config.epoch_interruption(true);
    config.max_wasm_stack(limits.stack_bytes_max);
    config.async_stack_size(limits.stack_bytes_max + HOST_STACK_BYTES);
    config.memory_init_cow(true);

    if purpose == Purpose::Run {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    }
    Engine::new(&config)
}

fn pool(limits: &config::Sandbox) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    // A component is several core instances (the program, and shims that
    // join it to its imports): permits count calls, the pool counts these.
    let cores = limits.core_instances_per_component_max;
    let memories = limits.memories_per_component_max;
    pool.total_component_instances(limits.instances_max);
    pool.max_core_instances_per_component(cores);
    pool.total_core_instances(limits.instances_max.saturating_mul(cores));
    pool.max_memories_per_component(memories);
    pool.total_memories(limits.instances_max.saturating_mul(memories));
    pool.max_tables_per_component(cores);
    pool.total_tables(limits.instances_max.saturating_mul(cores));
    pool.total_stacks(limits.instances_max);
    pool.max_memory_size(limits.memory_bytes_max);
    pool.table_elements(limits.table_elements_max);
    pool.linear_memory_keep_resident(KEEP_RESIDENT_BYTES);
    pool.table_keep_resident(KEEP_RESIDENT_BYTES);
    // `pagemap_scan` stays off: in 48.0.8 it can leave a swapped-out dirty
    // page for the next instance (wasmtime PR #14357).
    pool
}

#[cfg(test)]
mod tests {
    use super::COMPILER_VERSION;

    #[test]
    fn the_compiler_version_is_the_locked_one() {
        let lock = include_str!("../../../Cargo.lock");
        let mut lines = lock.lines();
        assert!(lines.any(|line| line == r#"name = "wasmtime""#));
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix("version = \""))
            .and_then(|line| line.strip_suffix('"'))
            .expect("a version follows a name");
        assert_eq!(COMPILER_VERSION.split('-').next(), Some(version));
    }
}
