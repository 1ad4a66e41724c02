//! Circles among resources, which `CloudFormation` refuses ("Circular dependency between resources").
//!
//! A resource depends on those that its `Ref`, `Fn::GetAtt` and `Fn::Sub` name, and on its `DependsOn` (User Guide,
//! "`DependsOn` attribute"; Troubleshooting, "Dependency error"). What a condition leaves out is no dependency: where that is
//! undecided, a circle is told only if all of its references can stand there at once. What is easy to get wrong: a key
//! whose policy names the key itself is such a circle, and so is one whose policy names a role that may use the key.

use super::components::components;
use super::dependencies::{Reference, references};
use super::mistake;
use super::sam;
use super::scope::Evaluator;
use super::transform::Resource;
use crate::value::Assumption;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Resources of one group that a circle is looked for from.
const MOST_STARTS: usize = 50;

/// Resources of one circle that are named.
const MOST_TOLD: usize = 8;

/// References looked at in one template, once it is known that there are circles as written; one under conditions counts
/// as many.
const MOST_LOOKS: usize = 500_000;
const CONDITIONAL: usize = 100;

/// What refers to what: for each resource the places where it names others.
type Graph = Vec<Vec<(usize, Reference)>>;

/// Reports each group of resources that depend on each other, by one of its circles.
pub(super) fn report(evaluator: &mut Evaluator<'_>, resources: &[Resource<'_>]) {
    if sam::is_rewritten_beyond(evaluator.template) {
        return;
    }
    let names = Names::of(evaluator, resources);
    let written = names.graph(evaluator, resources, None);
    let targets: Vec<Vec<usize>> =
        written.iter().map(|all| all.iter().map(|(to, _)| *to).collect()).collect();
    let groups = components(&targets);
    if groups.is_empty() {
        return;
    }
    // Conditions are asked for those alone that are in a circle as written; their own mistakes are told elsewhere.
    let mistakes = evaluator.problems.len();
    let inside = groups.iter().flatten().copied().collect();
    let graph = names.graph(evaluator, resources, Some(&inside));
    evaluator.problems.truncate(mistakes);
    let mut left = MOST_LOOKS;
    for group in groups {
        match circle(evaluator, &graph, &group, &mut left) {
            Some(circle) => tell(evaluator, &names, &graph, &circle),
            None if left == 0 => {
                let at = group.first().and_then(|first| resources.get(*first));
                let at = at.map_or(evaluator.template.root().span, |resource| resource.span);
                evaluator.limit(at, "there are too many references to find the circles among them");
                return;
            }
            None => {}
        }
    }
}

/// The nodes: resources, and the roles that SAM makes for them.
struct Names {
    numbers: FxHashMap<String, usize>,
    shown: Vec<String>,
    /// The role of a resource.
    roles: FxHashMap<usize, usize>,
}

impl Names {
    fn of(evaluator: &Evaluator<'_>, resources: &[Resource<'_>]) -> Self {
        let mut names =
            Self { numbers: FxHashMap::default(), shown: Vec::new(), roles: FxHashMap::default() };
        for resource in resources {
            names.numbers.insert(resource.address.clone(), names.shown.len());
            names.shown.push(resource.address.clone());
        }
        for (number, resource) in resources.iter().enumerate() {
            let role = format!("{}Role", resource.address);
            let own = role.strip_prefix(evaluator.stack.prefix.as_str()).unwrap_or(&role);
            if !names.numbers.contains_key(&role) && sam::owner(evaluator.template, own).is_some() {
                names.numbers.insert(role.clone(), names.shown.len());
                names.roles.insert(number, names.shown.len());
                names.shown.push(role);
            }
        }
        names
    }

    /// The references of all resources as written, or of some of them under their conditions.
    fn graph(
        &self,
        evaluator: &mut Evaluator<'_>,
        resources: &[Resource<'_>],
        of: Option<&rustc_hash::FxHashSet<usize>>,
    ) -> Graph {
        let mut graph: Graph = self.shown.iter().map(|_| Vec::new()).collect();
        for (number, resource) in resources.iter().enumerate() {
            let role = self.roles.get(&number).copied();
            let wanted = |of: &rustc_hash::FxHashSet<usize>| {
                of.contains(&number) || role.is_some_and(|role| of.contains(&role))
            };
            if !of.is_none_or(wanted) {
                continue;
            }
            for reference in references(evaluator, resource, of.is_some()) {
                let Some(to) = self.numbers.get(&reference.name).copied() else { continue };
                let from = role.filter(|_| reference.of_role).unwrap_or(number);
                graph.get_mut(from).into_iter().for_each(|all| all.push((to, reference.clone())));
            }
            if let Some(role) = role {
                let made =
                    Reference { name: String::new(), at: resource.span, when: Vec::new(), of_role: false };
                graph.get_mut(number).into_iter().for_each(|all| all.push((role, made.clone())));
            }
        }
        graph
    }
}

/// The references of a circle in a group: the shortest one from the first resource that is in one, those that stand
/// under no condition before others.
fn circle(
    evaluator: &Evaluator<'_>,
    graph: &Graph,
    group: &[usize],
    left: &mut usize,
) -> Option<Vec<(usize, usize)>> {
    for conditional in [false, true] {
        for start in group.iter().take(MOST_STARTS) {
            let found = way_back(evaluator, (graph, group), (*start, conditional), left);
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// The shortest way from a resource back to it, as resources and the numbers of their references.
fn way_back(
    evaluator: &Evaluator<'_>,
    (graph, group): (&Graph, &[usize]),
    (start, conditional): (usize, bool),
    looks: &mut usize,
) -> Option<Vec<(usize, usize)>> {
    // How each resource was come to: from which one, by which reference; and what is assumed on the way.
    let mut came: FxHashMap<usize, (usize, usize)> = FxHashMap::default();
    let mut left: VecDeque<(usize, Vec<Assumption>)> = VecDeque::from([(start, Vec::new())]);
    while let Some((from, assumed)) = left.pop_front() {
        for (number, (to, reference)) in graph.get(from)?.iter().enumerate() {
            *looks = looks.saturating_sub(if reference.when.is_empty() { 1 } else { CONDITIONAL });
            if *looks == 0 {
                return None;
            }
            if came.contains_key(to)
                || group.binary_search(to).is_err()
                || (!conditional && !reference.when.is_empty())
            {
                continue;
            }
            let all: Vec<Assumption> = assumed.iter().chain(&reference.when).cloned().collect();
            if !reference.when.is_empty() && !evaluator.facts.allow(&all) {
                continue;
            }
            came.insert(*to, (from, number));
            if *to == start {
                return Some(unwound(&came, start));
            }
            left.push_back((*to, all));
        }
    }
    None
}

fn unwound(came: &FxHashMap<usize, (usize, usize)>, start: usize) -> Vec<(usize, usize)> {
    let mut way = Vec::new();
    let mut at = start;
    while let Some(step) = came.get(&at) {
        way.push(*step);
        at = step.0;
        if at == start {
            break;
        }
    }
    way.reverse();
    way
}

fn tell(evaluator: &mut Evaluator<'_>, names: &Names, graph: &Graph, circle: &[(usize, usize)]) {
    let shown = |number: &usize| names.shown.get(*number).map(String::as_str).unwrap_or_default();
    let edge = |(from, number): &(usize, usize)| graph.get(*from)?.get(*number);
    let mut steps = circle.iter().filter_map(|step| Some((shown(&step.0), edge(step)?)));
    let Some((first, (next, reference))) = steps.next() else { return };
    let alone = circle.len() == 1;
    let message = if alone {
        format!("the resource `{first}` depends on itself")
    } else {
        let told = circle.iter().take(MOST_TOLD).map(|(number, _)| format!("`{}`", shown(number)));
        let told = told.collect::<Vec<_>>().join(", ");
        match circle.len().saturating_sub(MOST_TOLD) {
            0 => format!("the resources {told} depend on each other in a circle"),
            more => format!("the resources {told} and {more} more depend on each other in a circle"),
        }
    };
    let mut problem = mistake(reference.at, message);
    if !alone {
        problem = problem.label(reference.at, format!("`{first}` needs `{}`", shown(next)));
    }
    let mut conditions: Vec<&Assumption> = reference.when.iter().collect();
    for (from, (to, reference)) in steps.take(MOST_TOLD) {
        problem = problem.label(reference.at, format!("`{from}` needs `{}`", shown(to)));
        conditions.extend(&reference.when);
    }
    conditions.dedup_by(|one, two| one.condition == two.condition);
    for one in conditions.into_iter().take(4) {
        let holds = if one.holds { "holds" } else { "does not hold" };
        problem = problem.label(one.span, format!("where `{}` {holds}", one.condition));
    }
    let help = if alone {
        "no stack can be made of it; in a key policy write `Resource: \"*\"`, which is the key itself"
    } else {
        "no stack can be made of them; move one of the references into a resource of its own (a role's policy into `AWS::IAM::RolePolicy`), or write out the name that it stands for"
    };
    evaluator.report(problem.help(help));
}
