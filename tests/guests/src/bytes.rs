//! Files that no compiler makes of a plugin's source.

use wasm_encoder::{
    BlockType, CodeSection, ComponentSectionId, Encode, Function, FunctionSection, HeapType,
    InstanceSection, Instruction, Module, ModuleArg, RefType, StartSection, TableSection,
    TableType, TypeSection, ValType,
};

/// What is no component, each with what it is.
pub fn not_a_component() -> Vec<(&'static str, Vec<u8>)> {
    let component_header = b"\0asm\x0d\0\x01\0";
    vec![
        ("nothing", Vec::new()),
        ("text", b"<!doctype html><title>404</title>".to_vec()),
        (
            "noise",
            (0..4096_u32)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect(),
        ),
        ("a core module", Module::new().finish()),
        ("half a header", component_header[..6].to_vec()),
        (
            "a header with noise behind",
            [component_header.as_slice(), &[0xff; 64]].concat(),
        ),
        (
            "a component that exports nothing",
            component_header.to_vec(),
        ),
    ]
}

/// A component cut off in the middle, as by a full disk.
pub fn cut_short(component: &[u8]) -> Vec<u8> {
    component[..component.len() / 2].to_vec()
}

/// A good component with a module added that takes two minutes of CPU time to
/// compile, without much memory: nothing instantiates it, but a compiler does
/// not know.
///
/// (Measured with Cranelift of wasmtime 48: about 27 ms a function, 140 MiB
/// with two at a time. Valid, so that it passes whatever looks at it before,
/// which takes seconds by itself.)
pub fn slow_compile(component: &[u8]) -> Vec<u8> {
    with_module(component, &SLOW)
}

/// A good component with a module added that takes more than 8 GiB of memory to
/// compile, in some 100 KiB.
pub fn hungry_compile(component: &[u8]) -> Vec<u8> {
    with_module(component, &HUNGRY)
}

/// A good component with a module added that wants a table of a million
/// elements when it is instantiated, and traps because it is refused.
pub fn greedy_tables(component: &[u8]) -> Vec<u8> {
    let index = core_modules(component);
    let mut bytes = component.to_vec();
    bytes.push(ComponentSectionId::CoreModule.into());
    table_module().finish().encode(&mut bytes);
    let mut instances = InstanceSection::new();
    instances.instantiate(index, std::iter::empty::<(&str, ModuleArg)>());
    bytes.push(ComponentSectionId::CoreInstance.into());
    instances.encode(&mut bytes);
    bytes
}

fn table_module() -> Module {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 1,
        maximum: None,
        shared: false,
    });
    let mut grow = Function::new([]);
    for instruction in [
        Instruction::RefNull(HeapType::FUNC),
        Instruction::I32Const(1_000_000),
        Instruction::TableGrow(0),
        Instruction::I32Const(-1),
        Instruction::I32Eq,
        Instruction::If(BlockType::Empty),
        Instruction::Unreachable,
        Instruction::End,
        Instruction::End,
    ] {
        grow.instruction(&instruction);
    }
    let mut code = CodeSection::new();
    code.function(&grow);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&tables)
        .section(&StartSection { function_index: 0 })
        .section(&code);
    module
}

/// How many core modules a component has, itself and not what is nested in it:
/// the index of the next one.
fn core_modules(component: &[u8]) -> u32 {
    let mut rest = &component[8..];
    let mut modules = 0;
    while let [id, behind @ ..] = rest {
        modules += u32::from(*id == u8::from(ComponentSectionId::CoreModule));
        let (mut length, mut shift, mut bytes) = (0_usize, 0, behind.iter());
        for byte in bytes.by_ref() {
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        rest = &bytes.as_slice()[length..];
    }
    modules
}

fn with_module(component: &[u8], branchy: &Branchy) -> Vec<u8> {
    let mut bytes = component.to_vec();
    bytes.push(ComponentSectionId::CoreModule.into());
    branchy_module(branchy).encode(&mut bytes);
    bytes
}

const SLOW: Branchy = Branchy {
    functions: 6_000,
    blocks: 200,
    values: 200,
};

const HUNGRY: Branchy = Branchy {
    functions: 2,
    blocks: 1_500,
    values: 1_000,
};

/// How much there is to do. Each function branches by a table into nested
/// blocks of many results, so that every edge passes every value: work grows
/// with blocks times values, the file with their sum.
#[derive(Clone, Copy, Debug)]
struct Branchy {
    functions: u32,
    /// Nested blocks, and targets of the table.
    blocks: u32,
    /// Values every block gives; at most 1,000.
    values: u32,
}

fn branchy_module(branchy: &Branchy) -> Vec<u8> {
    const FUNCTION: u32 = 0;
    const BLOCK: u32 = 1;
    let mut types = TypeSection::new();
    types
        .ty()
        .function([ValType::I32, ValType::I64], [ValType::I64]);
    types
        .ty()
        .function([], (0..branchy.values).map(|_| ValType::I64));
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    let function = branchy_function(branchy, BlockType::FunctionType(BLOCK));
    for _ in 0..branchy.functions {
        functions.function(FUNCTION);
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

fn branchy_function(branchy: &Branchy, block: BlockType) -> Function {
    let (which, number) = (Instruction::LocalGet(0), Instruction::LocalGet(1));
    let mut function = Function::new([]);
    for _ in 0..branchy.blocks {
        function.instruction(&Instruction::Block(block));
    }
    for value in 0..branchy.values {
        function.instruction(&number);
        function.instruction(&Instruction::I64Const(i64::from(value)));
        function.instruction(&Instruction::I64Mul);
    }
    function.instruction(&which);
    let targets: Vec<u32> = (0..branchy.blocks).collect();
    function.instruction(&Instruction::BrTable(targets.into(), 0));
    for _ in 0..branchy.blocks {
        function.instruction(&Instruction::End);
        function.instruction(&number);
        function.instruction(&Instruction::I64Add);
    }
    for _ in 1..branchy.values {
        function.instruction(&Instruction::I64Xor);
    }
    function.instruction(&Instruction::End);
    function
}

#[cfg(test)]
mod tests {
    use wasmparser::{Payload, Validator, WasmFeatures};

    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn what_is_slow_to_compile_is_valid_and_of_usual_size() {
        fn check(branchy: &Branchy) {
            // The features that a host with wasmtime's defaults has.
            let features = WasmFeatures::WASM2 | WasmFeatures::COMPONENT_MODEL;
            let mut validator = Validator::new_with_features(features);
            validator
                .validate_all(&with_module(EMPTY, branchy))
                .unwrap();
        }

        // All functions are the same: a few of them take less time to look at.
        check(&Branchy {
            functions: 5,
            ..SLOW
        });
        check(&HUNGRY);
        assert!(slow_compile(EMPTY).len() < 24 << 20);
        assert!(hungry_compile(EMPTY).len() < 256 << 10);
    }

    #[test]
    fn what_is_no_component_is_none() {
        for (what, bytes) in not_a_component() {
            let mut exports = wasmparser::Parser::new(0).parse_all(&bytes);
            let is_card = exports.any(|payload| {
                matches!(payload, Ok(Payload::ComponentExportSection(exports)) if exports.count() > 0)
            });
            assert!(!is_card, "{what}");
        }
    }
}
