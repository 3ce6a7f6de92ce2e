//! Random call graphs of throwing functions, once as modules through the pass and once in a model that knows nothing of
//! WebAssembly: a function there returns `Result`, and `?` is the unwinding.

use crate::support::{Running, unwound};
use std::fmt::Write;

const SEED: u64 = 0x00C0_FFEE;
const MODULES: u64 = 500;
/// Each module runs with this many inputs, which turn its conditions one way or the other.
const INPUTS: i32 = 8;
/// Calls in one run; functions entered later return at once.
const FUEL: i32 = 150;
const STACK_TOP: i32 = 4096;
const FRAME_BYTES: i32 = 16;

/// What a function does, in order. A trace records each value that is seen.
enum Step {
    Mark(i32),
    Throw(i32),
    /// A direct call whose result goes into the trace.
    Call(usize),
    /// The same through the table.
    Indirect(usize),
    /// A call whose result is dropped: at the end of a function it stands in tail position.
    Drop(usize),
    /// A function without result, under a handler with this aim.
    Protect(usize, i32),
    /// By a bit of the trace.
    When(u32, Vec<Step>, Vec<Step>),
    Times(i32, Vec<Step>),
    /// A `br_table` on the trace.
    Switch(Vec<Vec<Step>>),
    Return,
}

enum Ending {
    Value(i32),
    /// The result of another function of the same type: a tail call.
    Of(usize),
}

struct Function {
    result: &'static str,
    steps: Vec<Step>,
    ending: Ending,
}

const RESULTS: [&str; 6] = ["", "i32", "i64", "f32", "f64", "i32 i64"];

/// splitmix64 (Steele, Lea, Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn pick(&mut self, from: &[usize]) -> usize {
        from[self.below(from.len() as u64) as usize]
    }
}

struct Program(Vec<Function>);

impl Program {
    /// Functions 0 to 5 have each a result type of `RESULTS`, so that every type is there to be called.
    fn random(random: &mut Random) -> Program {
        let count = RESULTS.len() + random.below(6) as usize;
        let types: Vec<_> = (0..count).map(|i| RESULTS.get(i).copied().unwrap_or_else(|| RESULTS[random.below(6) as usize])).collect();
        let functions = types.iter().map(|result| Function {
            result,
            steps: steps(random, &types, 3),
            ending: match random.below(3) {
                0 => Ending::Of(random.pick(&of_type(&types, result))),
                _ => Ending::Value(random.below(90) as i32 + 1),
            },
        });
        Program(functions.collect())
    }
}

fn of_type(types: &[&str], wanted: &str) -> Vec<usize> {
    (0..types.len()).filter(|i| types[*i] == wanted).collect()
}

fn steps(random: &mut Random, types: &[&str], depth: u64) -> Vec<Step> {
    (0..random.below(5)).map(|_| step(random, types, depth)).collect()
}

fn step(random: &mut Random, types: &[&str], depth: u64) -> Step {
    let any = random.below(types.len() as u64) as usize;
    let aim = random.below(3) as i32 + 1;
    match random.below(if depth == 0 { 12 } else { 18 }) {
        0 | 1 => Step::Mark(random.below(90) as i32 + 1),
        2 => Step::Throw(aim),
        3..=5 => Step::Call(any),
        6..=8 => Step::Indirect(any),
        9 => Step::Drop(any),
        10 | 11 => Step::Protect(random.pick(&of_type(types, "")), aim),
        12 | 13 => {
            let bit = random.below(5) as u32;
            Step::When(bit, steps(random, types, depth - 1), steps(random, types, depth - 1))
        }
        14 => Step::Times(random.below(3) as i32 + 1, steps(random, types, depth - 1)),
        15 | 16 => Step::Switch((0..3).map(|_| steps(random, types, depth - 1)).collect()),
        _ => Step::Return,
    }
}

/// What should happen.
struct Model<'a> {
    program: &'a Program,
    trace: i32,
    fuel: i32,
    stack: i32,
}

/// A throw under way, with its aim.
struct Thrown(i32);

impl Model<'_> {
    /// The trace after a run; `None` when a throw finds no handler.
    fn run(program: &Program, input: i32) -> Option<i32> {
        let mut model = Model { program, trace: input, fuel: FUEL, stack: STACK_TOP };
        model.protect(0, 1).ok()?;
        model.mark(model.stack);
        Some(model.trace)
    }

    fn mark(&mut self, value: i32) {
        self.trace = self.trace.wrapping_mul(31).wrapping_add(value);
    }

    fn protect(&mut self, function: usize, aim: i32) -> Result<(), Thrown> {
        let stack = self.stack;
        let result = self.call(function);
        self.stack = stack;
        match result {
            Err(Thrown(c)) if c != aim => Err(Thrown(c)),
            _ => Ok(()),
        }
    }

    fn call(&mut self, index: usize) -> Result<i32, Thrown> {
        let function = &self.program.0[index];
        if self.fuel == 0 {
            return Ok(0);
        }
        self.fuel -= 1;
        self.stack -= FRAME_BYTES;
        let returned = self.steps(&function.steps)?;
        self.stack += FRAME_BYTES;
        match function.ending {
            Ending::Of(other) if !returned => self.call(other),
            Ending::Value(value) if !returned => Ok(value),
            _ => Ok(0),
        }
    }

    /// Whether a `Return` was met.
    fn steps(&mut self, steps: &[Step]) -> Result<bool, Thrown> {
        for step in steps {
            let returned = match step {
                Step::Mark(value) => {
                    self.mark(*value);
                    false
                }
                Step::Throw(aim) => return Err(Thrown(*aim)),
                Step::Call(f) | Step::Indirect(f) => {
                    let value = self.call(*f)?;
                    // A function without result leaves nothing to record, one with two leaves it twice.
                    for _ in self.program.0[*f].result.split_whitespace() {
                        self.mark(value);
                    }
                    false
                }
                Step::Drop(f) => {
                    self.call(*f)?;
                    false
                }
                Step::Protect(f, aim) => {
                    self.protect(*f, *aim)?;
                    false
                }
                Step::When(bit, yes, no) => {
                    let way = self.trace >> bit & 1 == 1;
                    self.steps(if way { yes } else { no })?
                }
                Step::Times(n, steps) => {
                    let mut returned = false;
                    for _ in 0..*n {
                        returned = returned || self.steps(steps)?;
                    }
                    returned
                }
                Step::Switch(ways) => {
                    let way = self.trace as u32 as usize % ways.len();
                    self.steps(&ways[way])?
                }
                Step::Return => true,
            };
            if returned {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The same program as text. Every function takes the two arguments of a protected one, and ignores them.
struct Text<'a> {
    program: &'a Program,
    text: String,
    labels: usize,
}

const ARGUMENTS: &str = "(i32.const 0) (i32.const 0)";
const LEAVE_FRAME: &str = "(global.set $__stack_pointer (i32.add (global.get $__stack_pointer) (i32.const 16)))";

impl Text<'_> {
    fn of(program: &Program) -> String {
        let mut writer = Text { program, text: String::new(), labels: 0 };
        writer.put("(global $fuel (mut i32) (i32.const 0))");
        writer.put(
            "(func $see (param i32) (global.set $trace \
               (i32.add (i32.mul (global.get $trace) (i32.const 31)) (local.get 0))))",
        );
        writer.put(&format!(
            "(func (export \"run\") (param i32) (result i32) \
               (global.set $trace (local.get 0)) (global.set $fuel (i32.const {FUEL})) \
               (call $protect (i32.const 0) {ARGUMENTS} (i32.const 1)) \
               (call $see (global.get $__stack_pointer)) (global.get $trace))"
        ));
        writer.put("(elem (i32.const 0)");
        for index in 0..program.0.len() {
            writer.put(&format!("$f{index}"));
        }
        writer.put(")");
        for (index, function) in program.0.iter().enumerate() {
            writer.function(index, function);
        }
        writer.text
    }

    fn put(&mut self, text: &str) {
        writeln!(self.text, "{text}").expect("writing to a string does not fail");
    }

    fn function(&mut self, index: usize, function: &Function) {
        let zeros = constants(function.result, 0);
        self.put(&format!(
            "(func $f{index} (param i32 i32) (result {}) (local $n3 i32) (local $n2 i32) (local $n1 i32) (local $b i64)",
            function.result
        ));
        self.put(&format!(
            "(if (i32.eqz (global.get $fuel)) (then {zeros} (return))) \
             (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1))) \
             (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const {FRAME_BYTES})))"
        ));
        self.steps(&function.steps, &format!("{LEAVE_FRAME} {zeros} (return)"), 3);
        self.put(LEAVE_FRAME);
        match function.ending {
            Ending::Value(value) => self.put(&constants(function.result, value)),
            Ending::Of(other) => self.put(&format!("(call $f{other} {ARGUMENTS})")),
        }
        self.put(")");
    }

    fn steps(&mut self, steps: &[Step], leave: &str, depth: usize) {
        for step in steps {
            self.step(step, leave, depth);
        }
    }

    fn step(&mut self, step: &Step, leave: &str, depth: usize) {
        match step {
            Step::Mark(value) => self.put(&format!("(call $see (i32.const {value}))")),
            Step::Throw(aim) => self.put(&format!("(call $throw (i32.const {aim})) (unreachable)")),
            Step::Call(f) => self.seen(*f, &format!("(call $f{f} {ARGUMENTS})")),
            Step::Indirect(f) => {
                let result = self.program.0[*f].result;
                let call = format!("(call_indirect (param i32 i32) (result {result}) {ARGUMENTS} (i32.const {f}))");
                self.seen(*f, &call);
            }
            Step::Drop(f) => {
                let drops = "(drop) ".repeat(self.program.0[*f].result.split_whitespace().count());
                self.put(&format!("(call $f{f} {ARGUMENTS}) {drops}"));
            }
            Step::Protect(f, aim) => {
                self.put(&format!("(call $protect (i32.const {f}) {ARGUMENTS} (i32.const {aim}))"));
            }
            Step::When(bit, yes, no) => {
                self.put(&format!("(if (i32.and (i32.shr_u (global.get $trace) (i32.const {bit})) (i32.const 1)) (then"));
                self.steps(yes, leave, depth - 1);
                self.put(") (else");
                self.steps(no, leave, depth - 1);
                self.put("))");
            }
            Step::Times(n, steps) => self.times(*n, steps, leave, depth),
            Step::Switch(ways) => self.switch(ways, leave, depth),
            Step::Return => self.put(leave),
        }
    }

    /// A call, and its result in the trace.
    fn seen(&mut self, function: usize, call: &str) {
        let text = match self.program.0[function].result {
            "" => call.to_owned(),
            "i32" => format!("(call $see {call})"),
            "i64" => format!("(call $see (i32.wrap_i64 {call}))"),
            "f32" => format!("(call $see (i32.trunc_f32_s {call}))"),
            "f64" => format!("(call $see (i32.trunc_f64_s {call}))"),
            _ => format!("{call} (local.set $b) (call $see) (call $see (i32.wrap_i64 (local.get $b)))"),
        };
        self.put(&text);
    }

    fn times(&mut self, n: i32, steps: &[Step], leave: &str, depth: usize) {
        let label = self.label();
        self.put(&format!("(local.set $n{depth} (i32.const {n})) (loop $l{label}"));
        self.steps(steps, leave, depth - 1);
        self.put(&format!("(br_if $l{label} (local.tee $n{depth} (i32.sub (local.get $n{depth}) (i32.const 1)))))"));
    }

    fn switch(&mut self, ways: &[Vec<Step>], leave: &str, depth: usize) {
        let label = self.label();
        self.put(&format!("(block $end{label}"));
        for way in (0..ways.len()).rev() {
            self.put(&format!("(block $w{label}_{way}"));
        }
        let targets: String = (0..ways.len()).map(|way| format!("$w{label}_{way} ")).collect();
        self.put(&format!("(br_table {targets} $end{label} (i32.rem_u (global.get $trace) (i32.const {})))", ways.len()));
        for way in ways {
            self.put(")");
            self.steps(way, leave, depth - 1);
            self.put(&format!("(br $end{label})"));
        }
        self.put(")");
    }

    fn label(&mut self) -> usize {
        self.labels += 1;
        self.labels
    }
}

fn constants(types: &str, value: i32) -> String {
    types.split_whitespace().map(|ty| format!("({ty}.const {value}) ")).collect()
}

#[test]
fn random_programs_do_what_the_model_does() {
    println!("seed {SEED:#x}");
    let (mut finished, mut escaped) = (0, 0);
    for number in 0..MODULES {
        let program = Program::random(&mut Random(SEED.wrapping_add(number << 32)));
        let text = Text::of(&program);
        let wasm = unwound(&text);
        let mut instance = None;
        for input in 0..INPUTS {
            let expected = Model::run(&program, input);
            let running = instance.get_or_insert_with(|| Running::start(&wasm).expect("no start function"));
            let found = running.call("run", &[input]);
            if found.is_none() {
                // It trapped, and is lost; the next input gets a new one.
                instance = None;
            }
            assert_eq!(found, expected, "seed {SEED:#x}, module {number}, input {input}:\n{text}");
            *(if expected.is_some() { &mut finished } else { &mut escaped }) += 1;
        }
    }
    println!("{finished} runs finished, {escaped} ended in a throw without a handler");
    // Neither kind may fade away when the generator changes.
    assert!(finished > 1000 && escaped > 500, "{finished} finished, {escaped} escaped");
}
