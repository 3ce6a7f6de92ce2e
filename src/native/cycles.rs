//! Garbage in cycles: tables that lead to each other, and functions of Lua's that are kept by the very tables that they use (docs/ABI.md
//! §7). Counting references sees neither. A table with more holders than tables and handles is held by the program: a root.

use std::collections::{HashMap, HashSet};

use super::memory::Memory;
use super::reference::Reference;
use super::table::Table;
use super::value::Value;

/// What a triple says.
const REACHES: i32 = 0;
const KEEPS: i32 = 1;
/// The source that stands for the roots.
const ROOTS: i32 = 0;

/// All tables that have a handle or were made by the module, and what these lead to, by number.
#[derive(Default)]
struct Graph {
    tables: Vec<Table>,
    numbers: HashMap<usize, usize>,
    /// By table: the tables in it, and the functions of Lua's in it, each as often as it is there.
    links: Vec<Vec<usize>>,
    functions: Vec<Vec<Reference>>,
    /// How many of the tables, the first ones, have a handle.
    with_handles: usize,
    /// By table: how many hold it beside tables, its handle and this graph.
    others: Vec<usize>,
}

/// Empties the tables that nothing leads to any more, and returns what was in them: dropping that may run code of the program's.
pub fn empty_unreachable(memory: &Memory) -> Vec<Value> {
    let graph = Graph::new(memory);
    let starts = (0..graph.tables.len()).filter(|&at| at < graph.with_handles || graph.others[at] > 0);
    let contents = graph.empty_all_but(starts);
    drop(graph);
    memory.names.made.borrow_mut().retain(|table| table.is_alive());
    contents
}

/// Likewise when the module is gone, and with it all handles: what stays is what the program holds.
pub fn empty_at_end(memory: &Memory) -> Vec<Value> {
    let graph = Graph::new(memory);
    let fixed = [&memory.io, &memory.home, &memory.modules].map(Table::address);
    // The host itself holds the three that it was made with.
    let own = |at: usize| usize::from(fixed.contains(&graph.tables[at].address()));
    graph.empty_all_but((0..graph.tables.len()).filter(|&at| graph.others[at] > own(at)))
}

/// The answer to TRACE: source, kind, target.
pub fn trace(memory: &Memory) -> Vec<[i32; 3]> {
    let graph = Graph::new(memory);
    let handle = |at: usize| memory.names.table(&graph.tables[at]);
    let mut triples = Vec::new();
    let mut keepers = vec![false; graph.tables.len()];
    for (at, number, uses) in graph.functions_kept_by_tables(memory) {
        keepers[at] = true;
        triples.extend((0..uses).map(|_| [handle(at), KEEPS, number]));
    }
    let targets = |reached: &[bool]| -> Vec<usize> { (0..reached.len()).filter(|&at| keepers[at] && reached[at]).collect() };
    let from_roots = graph.reachable((0..graph.tables.len()).filter(|&at| graph.others[at] > 0));
    triples.extend(targets(&from_roots).into_iter().map(|target| [ROOTS, REACHES, handle(target)]));
    // What the roots reach is there in any case.
    for source in (0..graph.with_handles).filter(|&at| !from_roots[at]) {
        let reached = targets(&graph.reachable([source].into_iter()));
        triples.extend(reached.into_iter().filter(|&target| target != source).map(|target| [handle(source), REACHES, handle(target)]));
    }
    triples
}

impl Graph {
    fn new(memory: &Memory) -> Graph {
        let mut graph = Graph::default();
        for table in memory.names.handles.borrow().tables() {
            graph.number(table);
        }
        graph.with_handles = graph.tables.len();
        for table in memory.names.made.borrow().iter().filter_map(|table| table.upgrade()) {
            graph.number(&table);
        }
        while graph.links.len() < graph.tables.len() {
            let (mut links, mut functions) = (Vec::new(), Vec::new());
            for value in graph.tables[graph.links.len()].held() {
                match value {
                    Value::Table(table) => links.push(graph.number(&table)),
                    Value::LuaFunction(reference) => functions.push(reference),
                    _ => {}
                }
            }
            graph.links.push(links);
            graph.functions.push(functions);
        }
        let mut explained: Vec<usize> = (0..graph.tables.len()).map(|at| 1 + usize::from(at < graph.with_handles)).collect();
        graph.links.iter().flatten().for_each(|&at| explained[at] += 1);
        graph.others = graph.tables.iter().zip(explained).map(|(table, explained)| table.holders().saturating_sub(explained)).collect();
        graph
    }

    /// Empties the tables that nothing leads to from `starts`, and returns what was in them.
    fn empty_all_but(&self, starts: impl Iterator<Item = usize>) -> Vec<Value> {
        let reached = self.reachable(starts);
        let unreachable = self.tables.iter().zip(&reached).filter(|(_, is_reached)| !**is_reached);
        unreachable.flat_map(|(table, _)| table.take_values()).collect()
    }

    fn number(&mut self, table: &Table) -> usize {
        *self.numbers.entry(table.address()).or_insert_with(|| {
            self.tables.push(table.clone());
            self.tables.len() - 1
        })
    }

    fn reachable(&self, starts: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.tables.len()];
        let mut ahead: Vec<usize> = starts.collect();
        while let Some(at) = ahead.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                ahead.extend(&self.links[at]);
            }
        }
        reached
    }

    /// The functions that tables keep, and nobody else: table, number, and uses that the table accounts for.
    fn functions_kept_by_tables(&self, memory: &Memory) -> Vec<(usize, i32, i32)> {
        let all = || self.functions.iter().enumerate().flat_map(|(at, functions)| functions.iter().map(move |function| (at, function)));
        let mut copies: HashMap<usize, i32> = HashMap::new();
        for (_, function) in all() {
            *copies.entry(function.address()).or_default() += 1;
        }
        let mut met = HashSet::new();
        let mut kept = Vec::new();
        for (at, function) in all() {
            let count = copies[&function.address()];
            // Each copy in a table has one in this graph.
            let only_tables = function.holders() == 2 * count as usize && count <= function.uses();
            let Some(number) = function.number(&memory.names.references).filter(|_| only_tables) else { continue };
            // Not every use that crossed has a copy: the first table accounts for the others.
            let others = if met.insert(function.address()) { function.uses() - count } else { 0 };
            kept.push((at, number, 1 + others));
        }
        kept
    }
}
