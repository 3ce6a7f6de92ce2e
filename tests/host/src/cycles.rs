//! Garbage that the host alone, or neither side alone, can see: tables that lead to each other, and functions of Lua's that are kept by the
//! tables that they use (docs/ABI.md §7). A table that more places refer to than tables and handles is held by the program, and a root.

use std::collections::{HashMap, HashSet};

use crate::context::State;
use crate::handles::{MODULES, Object};
use crate::references::Reference;
use crate::table::Table;
use crate::value::Value;

/// What a triple says.
const REACHES: i32 = 0;
const KEEPS: i32 = 1;
const GIVES_BACK: i32 = 2;
/// The source that stands for the roots.
const ROOTS: i32 = 0;

/// Source, kind, target.
pub type Triple = [i32; 3];

/// All tables that the host knows of.
struct Graph {
    tables: Vec<Table>,
    by_address: HashMap<usize, usize>,
    /// By table: the tables that its entries name, once for each time.
    links: Vec<Vec<usize>>,
}

/// The answer to TRACE.
pub fn trace(state: &mut State) -> Vec<Triple> {
    state.adopted.clear();
    drop_unreachable(state);
    let given_back = state.references.take_given_back(usize::MAX);
    let mut triples: Vec<Triple> = given_back.into_iter().map(|(number, uses)| [number, GIVES_BACK, uses]).collect();
    let graph = Graph::new(state);
    let kept = name_functions(state, &graph, &mut triples);
    if !kept.is_empty() {
        name_paths(state, &graph, &kept, &mut triples);
    }
    triples
}

/// Empties the tables that nothing leads to any more: not the roots, not the module's handles.
fn drop_unreachable(state: &mut State) {
    let graph = Graph::new(state);
    let mut starts = graph.roots(state);
    starts.extend(graph.with_handles(state).map(|(_, at)| at));
    let reachable = graph.reachable(&starts);
    for (at, table) in graph.tables.iter().enumerate() {
        if !reachable.contains(&at) {
            table.clear();
        }
    }
    drop(graph);
    state.tables.retain(|table| table.upgrade().is_some());
}

/// Says which tables keep which functions, where tables alone keep them, and returns those tables.
fn name_functions(state: &mut State, graph: &Graph, triples: &mut Vec<Triple>) -> Vec<usize> {
    let kept: Vec<(usize, Reference)> = graph.functions();
    let mut copies: HashMap<usize, i32> = HashMap::new();
    for (_, reference) in &kept {
        *copies.entry(reference.address()).or_default() += 1;
    }
    let mut keepers = Vec::new();
    for (at, reference) in &kept {
        let count = copies[&reference.address()];
        // Each copy in a table has one in `kept`; one more is held by the program.
        let only_tables = reference.copies() == 2 * count as usize && count <= reference.uses();
        let Some(number) = state.references.number(reference).filter(|_| only_tables) else { continue };
        let surplus = reference.reduce_uses(count);
        if surplus > 0 {
            triples.push([number, GIVES_BACK, surplus]);
        }
        triples.push([state.handles.give(Object::Table(graph.tables[*at].clone())), KEEPS, number]);
        keepers.push(*at);
    }
    keepers
}

/// Says from where those tables can be reached.
fn name_paths(state: &mut State, graph: &Graph, keepers: &[usize], triples: &mut Vec<Triple>) {
    let targets: HashSet<usize> = keepers.iter().copied().collect();
    let from_roots = graph.reachable(&graph.roots(state));
    let with_handles: Vec<(i32, usize)> = graph.with_handles(state).collect();
    let handles: HashMap<usize, i32> = with_handles.iter().map(|&(handle, at)| (at, handle)).collect();
    triples.extend(targets.intersection(&from_roots).map(|at| [ROOTS, REACHES, handles[at]]));
    for (handle, at) in with_handles {
        // What the roots reach is there in any case, and so is what it leads to.
        if from_roots.contains(&at) {
            continue;
        }
        let reached = graph.reachable(&[at]);
        let reached = targets.intersection(&reached).filter(|&&target| target != at);
        triples.extend(reached.map(|target| [handle, REACHES, handles[target]]));
    }
}

impl Graph {
    fn new(state: &State) -> Graph {
        let mut graph = Graph { tables: Vec::new(), by_address: HashMap::new(), links: Vec::new() };
        for (_, table) in state.handles.tables() {
            graph.index(table);
        }
        for table in state.tables.iter().filter_map(|table| table.upgrade()) {
            graph.index(&table);
        }
        while graph.links.len() < graph.tables.len() {
            let table = graph.tables[graph.links.len()].clone();
            let mut links = Vec::new();
            table.visit(|value| {
                if let Value::Table(inner) = value {
                    links.push(graph.index(inner));
                }
            });
            graph.links.push(links);
        }
        graph
    }

    fn index(&mut self, table: &Table) -> usize {
        let next = self.tables.len();
        let at = *self.by_address.entry(table.address()).or_insert(next);
        if at == next {
            self.tables.push(table.clone());
        }
        at
    }

    fn with_handles<'a>(&'a self, state: &'a State) -> impl Iterator<Item = (i32, usize)> + 'a {
        state.handles.tables().map(|(handle, table)| (handle, self.by_address[&table.address()]))
    }

    /// The tables that exist from the start, and those that the program holds.
    fn roots(&self, state: &State) -> Vec<usize> {
        // This graph's own copy is one.
        let mut explained = vec![1; self.tables.len()];
        self.links.iter().flatten().for_each(|&at| explained[at] += 1);
        let mut roots = Vec::new();
        for (handle, at) in self.with_handles(state) {
            explained[at] += 1;
            if handle <= MODULES {
                roots.push(at);
            }
        }
        roots.extend((0..self.tables.len()).filter(|&at| self.tables[at].copies() > explained[at]));
        roots
    }

    fn reachable(&self, starts: &[usize]) -> HashSet<usize> {
        let mut reached: HashSet<usize> = starts.iter().copied().collect();
        let mut ahead = starts.to_vec();
        while let Some(at) = ahead.pop() {
            ahead.extend(self.links[at].iter().filter(|&&next| reached.insert(next)));
        }
        reached
    }

    /// The functions of Lua's in the tables, once for each time.
    fn functions(&self) -> Vec<(usize, Reference)> {
        let mut functions = Vec::new();
        for (at, table) in self.tables.iter().enumerate() {
            table.visit(|value| {
                if let Value::Closure(reference) = value {
                    functions.push((at, reference.clone()));
                }
            });
        }
        functions
    }
}
