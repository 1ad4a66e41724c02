//! Groups of things that depend on each other: the strongly connected components of a graph.
//!
//! Tarjan's algorithm with a stack of its own, so that no template is deep enough to exhaust ours.

/// What is known of a node on the way.
#[derive(Clone, Copy, Default)]
struct Node {
    /// When it was come to, from 1; 0: not yet.
    order: usize,
    /// The earliest node that it leads back to.
    low: usize,
    /// Whether it waits for its group to be complete.
    waits: bool,
}

/// The groups of nodes that lead to each other or to themselves, each in order; `targets` says where each node leads.
pub(super) fn components(targets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        targets,
        nodes: vec![Node::default(); targets.len()],
        waiting: Vec::new(),
        found: Vec::new(),
    };
    let mut count = 0;
    for start in 0..targets.len() {
        search.from(start, &mut count);
    }
    let mut found = search.found;
    for group in &mut found {
        group.sort_unstable();
    }
    found.sort();
    found
}

struct Search<'a> {
    targets: &'a [Vec<usize>],
    nodes: Vec<Node>,
    waiting: Vec<usize>,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn node(&self, at: usize) -> Node {
        self.nodes.get(at).copied().unwrap_or_default()
    }

    fn enter(&mut self, at: usize, count: &mut usize) {
        *count += 1;
        if let Some(node) = self.nodes.get_mut(at) {
            *node = Node { order: *count, low: *count, waits: true };
        }
        self.waiting.push(at);
    }

    fn lower(&mut self, at: usize, low: usize) {
        if let Some(node) = self.nodes.get_mut(at) {
            node.low = node.low.min(low);
        }
    }

    fn from(&mut self, start: usize, count: &mut usize) {
        if self.node(start).order != 0 {
            return;
        }
        self.enter(start, count);
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            let here = *at;
            let target = self.targets.get(here).and_then(|targets| targets.get(*next)).copied();
            *next += 1;
            match target {
                Some(to) if self.node(to).order == 0 => {
                    self.enter(to, count);
                    path.push((to, 0));
                }
                Some(to) if self.node(to).waits => self.lower(here, self.node(to).order),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((before, _)) = path.last() {
                        self.lower(*before, self.node(here).low);
                    }
                    if self.node(here).low == self.node(here).order {
                        self.close(here);
                    }
                }
            }
        }
    }

    /// Takes the group that began with a node.
    fn close(&mut self, first: usize) {
        let mut group = Vec::new();
        while let Some(at) = self.waiting.pop() {
            if let Some(node) = self.nodes.get_mut(at) {
                node.waits = false;
            }
            group.push(at);
            if at == first {
                break;
            }
        }
        let itself = self.targets.get(first).is_some_and(|targets| targets.contains(&first));
        if group.len() > 1 || itself {
            self.found.push(group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn groups_are_found() {
        let graph = |edges: &[(usize, usize)], nodes: usize| {
            let mut targets = vec![Vec::new(); nodes];
            for (from, to) in edges {
                targets[*from].push(*to);
            }
            components(&targets)
        };
        assert!(graph(&[(0, 1), (1, 2), (0, 2)], 3).is_empty());
        assert_eq!(graph(&[(0, 0)], 1), [vec![0]]);
        assert_eq!(graph(&[(0, 1), (1, 0), (2, 3), (3, 4), (4, 2), (1, 2)], 5), [vec![0, 1], vec![2, 3, 4]]);
        assert_eq!(graph(&[(0, 1), (1, 2), (2, 1)], 3), [vec![1, 2]]);
        let long: Vec<(usize, usize)> = (0..100_000).map(|at| (at, (at + 1) % 100_000)).collect();
        assert_eq!(graph(&long, 100_000)[0].len(), 100_000);
    }
}
