//! What a plugin may import: what its manifest asks for, without what the
//! operator refuses. Checked once, when the plugin is loaded.

use crate::config::manifest::Manifest;
use crate::config::{Capability, OutboundHost};
use crate::contract;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The WASI packages a guest may import. All of them are virtual here: there
/// are no files, no environment, and the time and randomness are the call's.
const WASI_PACKAGES: [&str; 5] = [
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:io/",
    "wasi:random/",
];

/// What a plugin was granted.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    denied: Vec<Capability>,
    outbound: Vec<OutboundHost>,
}

impl Grants {
    /// Checks a component's imports against its manifest and the operator's
    /// `deny`.
    ///
    /// # Errors
    ///
    /// All imports that cannot be had, each with what to do about it.
    pub fn check(
        engine: &Engine,
        component: &Component,
        manifest: &Manifest,
        refused: &[Capability],
    ) -> Result<Grants, Vec<String>> {
        let component_type = component.component_type();
        let problems: Vec<String> = component_type
            .imports(engine)
            .filter_map(|(name, _)| problem(name, &manifest.capabilities))
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Grants {
            denied: refused.to_vec(),
            outbound: manifest.outbound.clone(),
        })
    }

    /// Whether the operator refuses this capability.
    pub fn denies(&self, capability: Capability) -> bool {
        self.denied.contains(&capability)
    }

    /// Where its requests may go as far as its manifest says.
    pub fn outbound(&self) -> &[OutboundHost] {
        &self.outbound
    }

    /// What the operator refuses.
    pub fn denied(&self) -> &[Capability] {
        &self.denied
    }
}

fn problem(import: &str, asked: &[Capability]) -> Option<String> {
    let (path, version) = import.split_once('@').unwrap_or((import, ""));
    if let Some(interface) = path.strip_prefix("quanka:card/") {
        return contract_problem(interface, version, asked);
    }
    if WASI_PACKAGES
        .iter()
        .any(|package| path.starts_with(package))
    {
        return (!version.starts_with("0.2.")).then(|| {
            format!("`{import}`: this host has WASI 0.2; build for the target wasm32-wasip2")
        });
    }
    Some(if path.starts_with("wasi:sockets/") {
        format!("`{import}`: a plugin cannot open sockets; it sees only its own card's data")
    } else if path.starts_with("wasi:http/") {
        format!("`{import}`: a plugin cannot call the network while it runs")
    } else {
        format!(
            "`{import}`: this host has no such interface; a plugin may import quanka:card and basic WASI"
        )
    })
}

fn contract_problem(interface: &str, version: &str, asked: &[Capability]) -> Option<String> {
    let ours = contract::VERSION;
    // Within a major version an older contract is part of a newer one.
    let numbers = |version: &str| -> Option<(u64, u64)> {
        let mut parts = version.split('.');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let fits = match (numbers(version), numbers(ours)) {
        (Some(theirs), Some(ours)) => theirs.0 == ours.0 && theirs.1 <= ours.1,
        _ => false,
    };
    let import = format!("quanka:card/{interface}@{version}");
    if !fits {
        return Some(format!(
            "`{import}`: this host speaks quanka:card {ours}; a newer host has it, or build against {ours}"
        ));
    }
    // Types only; nothing to ask for.
    if matches!(interface, "types" | "view") {
        return None;
    }
    let Ok(capability) = interface.parse::<Capability>() else {
        return Some(format!(
            "`{import}`: quanka:card {ours} has no such interface"
        ));
    };
    (!asked.contains(&capability)).then(|| {
        format!("`{import}`: the manifest does not ask for it; add \"{interface}\" to `capabilities` in card.toml")
    })
}

#[cfg(test)]
mod tests {
    use super::problem;
    use crate::config::Capability;

    #[test]
    fn imports_are_allowed_or_explained() {
        let asked = [Capability::State];
        let check = |import: &str, expected: &str| {
            let said = problem(import, &asked).unwrap_or_default();
            assert!(
                if expected.is_empty() {
                    said.is_empty()
                } else {
                    said.contains(expected)
                },
                "{import}: {said}"
            );
        };
        check("quanka:card/state@1.0.0", "");
        check("quanka:card/types@1.0.0", "");
        check("quanka:card/view@1.0.0", "");
        check("wasi:cli/stderr@0.2.6", "");
        check("wasi:io/streams@0.2.0", "");
        check("quanka:card/tally@1.0.0", "add \"tally\" to `capabilities`");
        check("quanka:card/posts@1.0.0", "add \"posts\" to `capabilities`");
        check("quanka:card/weather@1.0.0", "has no such interface");
        check("quanka:card/state@1.1.0", "a newer host has it");
        check("quanka:card/state@2.0.0", "speaks quanka:card 1.0.0");
        check("quanka:card/state", "speaks quanka:card 1.0.0");
        check("wasi:cli/stderr@0.3.0", "wasm32-wasip2");
        check("wasi:sockets/tcp@0.2.6", "cannot open sockets");
        check(
            "wasi:http/outgoing-handler@0.2.6",
            "cannot call the network",
        );
        check("other:thing/api@1.0.0", "no such interface");
    }
}
