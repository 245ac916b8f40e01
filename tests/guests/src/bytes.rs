//! Files that no compiler makes of a plugin's source.

use wasm_encoder::{
    BlockType, CodeSection, ComponentSectionId, Encode, Function, FunctionSection, Instruction,
    Module, TypeSection, ValType,
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

/// A good component with a module added that takes minutes to compile and
/// megabytes of memory at a time, in some hundred kilobytes: nothing ever
/// instantiates it, but a compiler does not know.
///
/// Each function branches by a table into nested blocks of many results, so
/// that every edge passes every value: work grows with branches times values,
/// the file with their sum.
pub fn slow_compile(component: &[u8]) -> Vec<u8> {
    let module = branchy_module(&Branchy {
        functions: 400,
        blocks: 300,
        values: 300,
    });
    let mut bytes = component.to_vec();
    bytes.push(ComponentSectionId::CoreModule.into());
    module.encode(&mut bytes);
    bytes
}

/// How much there is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Branchy {
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
    for seed in 0..branchy.functions {
        functions.function(FUNCTION);
        code.function(&branchy_function(
            branchy,
            BlockType::FunctionType(BLOCK),
            seed,
        ));
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

fn branchy_function(branchy: &Branchy, block: BlockType, seed: u32) -> Function {
    let (which, number) = (Instruction::LocalGet(0), Instruction::LocalGet(1));
    let mut function = Function::new([]);
    for _ in 0..branchy.blocks {
        function.instruction(&Instruction::Block(block));
    }
    for value in 0..branchy.values {
        function.instruction(&number);
        function.instruction(&Instruction::I64Const(i64::from(seed ^ value)));
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
