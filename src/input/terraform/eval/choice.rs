//! Undecided conditionals: both branches are kept where they stand, as alternatives under assumptions.
//!
//! What is easy to get wrong: a branch that ends in a mistake is dropped, which is sound: where its assumption
//! holds, Terraform stops and nothing is deployed. And two conditions that read the same in two modules, or at two
//! turns of a loop, are not the same condition.

use super::expr::{as_unknown, nothing_known, undecided};
use super::{Eval, Outcome, Scope};
use crate::input::terraform::functions;
use crate::input::terraform::types::{self, Type};
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{Expr, ExprKind, Operator, Part};
use crate::value::{Assumption, Branch, Kind, Symbol, Unknown, Value, consistent};
use std::sync::Arc;

/// How often something that failed may be looked at again inside of another such thing.
const LOOKS: u8 = 3;

impl Eval<'_> {
    /// `condition ? then : otherwise`.
    pub(super) fn conditional(
        &self,
        condition: &Expr,
        branches: [&Expr; 2],
        span: Span,
        scope: Scope<'_>,
    ) -> Outcome {
        let decided = self.expr(condition, scope)?;
        if let Some(holds) = types::truth(&decided) {
            return self.decided(holds, branches, span, scope);
        }
        let alternatives = self.alternatives(&decided, condition, scope)?;
        let [then, otherwise] =
            branches.map(|branch| self.deployable(self.expr(branch, scope.strict()), branch.span));
        let [then, otherwise] = match (then, otherwise) {
            (Ok(then), Ok(otherwise)) => {
                let [one, two] =
                    [&then, &otherwise].map(|value| types::type_of(value, Limits::DEFAULT.depth));
                [met(then, [&one, &two], span), met(otherwise, [&two, &one], span)]
            }
            failed => failed.into(),
        };
        if let (Err(problem), Err(_)) = (&then, &otherwise) {
            return Err(problem.clone());
        }
        let [then, otherwise] = [then.ok(), otherwise.ok()];
        let branches = alternatives.into_iter().filter_map(|(holds, when)| {
            let value = if holds { then.clone() } else { otherwise.clone() };
            value.map(|value| Branch { when, value })
        });
        Ok(join(branches.collect(), span))
    }

    /// An outcome under an assumption. Only where Terraform itself would stop does the case fall away; what merely
    /// kmsguard could not read or finish is unknown.
    fn deployable(&self, outcome: Outcome, span: Span) -> Outcome {
        match outcome {
            Err(problem) if !stops_terraform(&problem) => Ok(self.settled(Err(problem), span)),
            outcome => outcome,
        }
    }

    /// Both cases of an undecided condition, as alternatives.
    pub(super) fn choose(
        &self,
        condition: &Expr,
        decided: &Value,
        scope: Scope<'_>,
        case: &mut dyn FnMut(bool, Scope<'_>) -> Outcome,
    ) -> Outcome {
        let mut branches = Vec::new();
        let mut failed = None;
        for (holds, when) in self.alternatives(decided, condition, scope)? {
            match self.deployable(case(holds, scope.strict()), condition.span) {
                Ok(value) => branches.push(Branch { when, value }),
                Err(problem) => failed = Some(problem),
            }
        }
        match failed {
            Some(problem) if branches.is_empty() => Err(problem),
            _ => Ok(join(branches, condition.span)),
        }
    }

    /// The branch of a decided conditional, converted to the type that both branches have in common. The other
    /// branch is evaluated only where it can change something.
    fn decided(&self, holds: bool, branches: [&Expr; 2], span: Span, scope: Scope<'_>) -> Outcome {
        let [then, otherwise] = branches;
        let (chosen, other) = if holds { (then, otherwise) } else { (otherwise, then) };
        let value = self.expr(chosen, scope)?;
        if matches!(other.kind, ExprKind::Null) || (is_text(&value) && gives_text(other, scope)) {
            return Ok(value);
        }
        let own = types::type_of(&value, Limits::DEFAULT.depth);
        let others = match self.expr(other, scope.strict()) {
            Ok(other) => types::type_of(&other, Limits::DEFAULT.depth),
            Err(_) => self.type_of_failed(other, scope),
        };
        met(value, [&own, &others], span)
    }

    /// The type of an expression that fails: that of an operator or a template is known all the same, and so is that of
    /// a collection of which only elements fail.
    pub(super) fn type_of_failed(&self, expr: &Expr, scope: Scope<'_>) -> Type {
        match &expr.kind {
            ExprKind::Paren(inner) => self.type_of_failed(inner, scope),
            ExprKind::Template(template) => match template.parts.as_slice() {
                [Part::Interpolation(only)] => self.type_of_failed(only, scope),
                _ => Type::String,
            },
            ExprKind::Unary(operator, _) | ExprKind::Binary(operator, ..) => match operator {
                Operator::Add
                | Operator::Subtract
                | Operator::Multiply
                | Operator::Divide
                | Operator::Remainder
                | Operator::Negate => Type::Number,
                _ => Type::Bool,
            },
            ExprKind::Conditional(_, then, otherwise) => {
                let both = [then, otherwise].map(|branch| self.type_looked_at(branch, scope));
                if both.iter().any(Type::is_vague) {
                    Type::Any
                } else {
                    types::common(&both).unwrap_or(Type::Any)
                }
            }
            _ if is_made_of_parts(expr) => self.type_looked_at(expr, scope),
            _ => Type::Any,
        }
    }

    /// What calls and splats are given. Where only types are looked at, mistakes in a part cost nothing but the part, and
    /// yet no call is made with it.
    pub(super) fn faultless<T>(&self, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        let before = self.slips.get();
        let given = work()?;
        if self.slips.get() == before {
            return Ok(given);
        }
        Err(Problem::new(ProblemKind::Evaluation, self.origin, "a part of what is given is in error"))
    }

    /// The type of something that is evaluated for nothing else: its mistakes are not told. That doubles the work with
    /// every level, so there are few.
    fn type_looked_at(&self, expr: &Expr, scope: Scope<'_>) -> Type {
        let level = self.looking.get();
        if level >= LOOKS {
            return Type::Any;
        }
        self.looking.set(level + 1);
        let slips = self.slips.get();
        let outcome = self.expr(expr, Scope { strict: false, ..scope });
        self.slips.set(slips);
        self.looking.set(level);
        match outcome {
            Ok(value) => types::type_of(&value, Limits::DEFAULT.depth),
            Err(_) if is_made_of_parts(expr) => Type::Any,
            Err(_) => self.type_of_failed(expr, scope),
        }
    }

    /// Under which assumptions an undecided condition holds and does not hold.
    fn alternatives(
        &self,
        decided: &Value,
        condition: &Expr,
        scope: Scope<'_>,
    ) -> Result<Vec<(bool, Vec<Assumption>)>, Problem> {
        match &decided.kind {
            Kind::OneOf(cases) => {
                let mut found = Vec::new();
                for case in cases.iter() {
                    match types::truth(&case.value) {
                        Some(holds) => found.push((holds, case.when.clone())),
                        None => {
                            for (holds, when) in self.assumed(condition, scope) {
                                found.push((holds, case.when.iter().cloned().chain(when).collect()));
                            }
                        }
                    }
                }
                Ok(found)
            }
            Kind::Unknown(_) => Ok(self.assumed(condition, scope).into()),
            Kind::Text(text) if !text.is_known() => Ok(self.assumed(condition, scope).into()),
            Kind::Null => Err(Problem::new(ProblemKind::Evaluation, condition.span, "the condition is null")),
            _ => {
                let message = "the condition is neither true nor false";
                Err(Problem::new(ProblemKind::Evaluation, condition.span, message))
            }
        }
    }

    fn assumed(&self, condition: &Expr, scope: Scope<'_>) -> [(bool, Vec<Assumption>); 2] {
        let (name, positive) = self.condition_name(condition, scope);
        assume(&name, condition.span).map(|(holds, when)| (holds == positive, when))
    }

    /// What an undecided condition is called, and whether it is called by its affirmative: `!var.a` is `var.a`
    /// denied. Conditions of other modules and of loops get a name of their own.
    fn condition_name(&self, condition: &Expr, scope: Scope<'_>) -> (String, bool) {
        let (core, positive) = affirmative(condition, true);
        let mut name = match &core.kind {
            ExprKind::Binary(Operator::NotEqual, _, left, right) => {
                let (left, right) = (self.source_text(left.span), self.source_text(right.span));
                return (self.qualified(format!("{left} == {right}"), scope), !positive);
            }
            _ => self.source_text(core.span),
        };
        name = self.qualified(name, scope);
        (name, positive)
    }

    /// A name that no other module or turn of a loop uses for something else. Where that is not certain (also for
    /// texts that were cut), the name gets a number that no other name has.
    pub(super) fn qualified(&self, mut name: String, scope: Scope<'_>) -> String {
        let varies = name.contains("...") || scope.may_vary(&name);
        if !scope.instance.address.is_empty() {
            name = format!("{name} in {}", scope.instance.address);
        }
        if varies {
            name = format!("{name} (case {})", self.fresh());
        }
        name
    }

    /// Applies `f` to values of which some are alternatives: to every combination that can hold, within the bound.
    pub(in super::super) fn distribute(
        &self,
        values: &[Value],
        span: Span,
        f: &mut dyn FnMut(&[Value]) -> Outcome,
    ) -> Outcome {
        if !values.iter().any(|value| matches!(value.kind, Kind::OneOf(_))) {
            return f(values);
        }
        let Some(cases) = combinations(values) else {
            let unknown = values.iter().find_map(undecided).unwrap_or_else(|| nothing_known(span));
            return Ok(Value::new(Kind::Unknown(unknown), span));
        };
        let mut failed = None;
        let mut branches = Vec::new();
        for (when, case) in cases {
            match self.deployable(f(&case), span) {
                Ok(value) => branches.push(Branch { when, value }),
                Err(problem) => failed = failed.or(Some(problem)),
            }
        }
        match failed {
            Some(problem) if branches.is_empty() => Err(problem),
            _ => Ok(join(branches, span)),
        }
    }
}

/// Whether an expression makes a collection, or takes a part of one that is made there: a mistake in one part leaves the
/// others what they are.
fn is_made_of_parts(expr: &Expr) -> bool {
    let mut next = expr;
    loop {
        next = match &next.kind {
            ExprKind::Paren(source) | ExprKind::Attr(source, _) | ExprKind::Index(source, _) => source,
            kind => return matches!(kind, ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_)),
        }
    }
}

/// A branch of a conditional as the type that both have in common. A null of no type is of the other's type, and beside
/// what is not known a branch stays as it is.
fn met(value: Value, [own, others]: [&Type; 2], span: Span) -> Outcome {
    if *own == Type::Untyped && value.is_null() {
        return Ok(value.of_type(others.clone()));
    }
    if own.is_vague() || others.is_vague() {
        return Ok(value);
    }
    let common = types::meeting(&[own.clone(), others.clone()]);
    let common = common.ok_or_else(|| inconsistent(own, others, span))?;
    types::bring(&value, own, &common).map_err(|problem| Problem { span, ..problem })
}

fn inconsistent(own: &Type, other: &Type, span: Span) -> Problem {
    let (own, other) = (own.shown(), other.shown());
    let message = format!("the branches of this conditional have no common type: {own} and {other}");
    let help = "give both branches one type, as in `[\"a\"]` and `[\"a\", \"b\"]`";
    Problem::new(ProblemKind::Evaluation, span, message).help(help)
}

fn is_text(value: &Value) -> bool {
    match &value.kind {
        Kind::Text(_) => true,
        Kind::Unknown(unknown) => unknown.symbol == Symbol::AnyText,
        _ => false,
    }
}

/// Whether an expression certainly gives a text, or something that becomes one beside a text. Of what type a resource's
/// attribute is, only its provider knows.
fn gives_text(expr: &Expr, scope: Scope<'_>) -> bool {
    match &expr.kind {
        ExprKind::Paren(inner) => gives_text(inner, scope),
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) => true,
        ExprKind::Template(template) => match template.parts.as_slice() {
            [Part::Interpolation(only)] => gives_text(only, scope),
            _ => true,
        },
        ExprKind::Call(call) => functions::gives_text(&call.name.text),
        ExprKind::Conditional(_, then, otherwise) => gives_text(then, scope) && gives_text(otherwise, scope),
        ExprKind::Attr(source, _) | ExprKind::Index(source, _) => is_of_resource(source, scope),
        _ => false,
    }
}

fn is_of_resource(expr: &Expr, scope: Scope<'_>) -> bool {
    match &expr.kind {
        ExprKind::Attr(source, _) | ExprKind::Index(source, _) => is_of_resource(source, scope),
        ExprKind::Variable(name) => {
            let other = ["var", "local", "module", "each", "count", "path", "terraform", "self"];
            scope.bound(name).is_none() && scope.given.is_none() && !other.contains(&&**name)
        }
        _ => false,
    }
}

/// Both ways that an undecided question may go.
pub(super) fn assume(condition: &str, span: Span) -> [(bool, Vec<Assumption>); 2] {
    let condition: Arc<str> = condition.into();
    [true, false].map(|holds| (holds, vec![Assumption { condition: Arc::clone(&condition), holds, span }]))
}

/// Whether Terraform itself would stop here too, so that `try` goes on and an undecided case falls away.
pub(super) fn stops_terraform(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Evaluation | ProblemKind::Syntax)
}

/// `!(a)` is `a`, denied.
fn affirmative(condition: &Expr, positive: bool) -> (&Expr, bool) {
    let mut core = (condition, positive);
    loop {
        core = match &core.0.kind {
            ExprKind::Paren(inner) => (inner, core.1),
            ExprKind::Unary(Operator::Not, inner) => (inner, !core.1),
            _ => return core,
        };
    }
}

/// Every combination of the values' alternatives that can hold together; `None` when there are too many.
pub(super) fn combinations(values: &[Value]) -> Option<Vec<(Vec<Assumption>, Vec<Value>)>> {
    let mut cases: Vec<(Vec<Assumption>, Vec<Value>)> = vec![(Vec::new(), Vec::new())];
    for value in values {
        let Kind::OneOf(branches) = &value.kind else {
            for (_, case) in &mut cases {
                case.push(value.clone());
            }
            continue;
        };
        let mut next = Vec::new();
        for (when, case) in &cases {
            for branch in branches.iter() {
                let Some(when) = both(when, &branch.when) else { continue };
                let mut case = case.clone();
                let mut chosen = branch.value.clone();
                super::inherit(&mut chosen, &value.trail);
                case.push(chosen);
                next.push((when, case));
            }
        }
        if next.is_empty() || next.len() > Limits::DEFAULT.alternatives {
            return None;
        }
        cases = next;
    }
    Some(cases)
}

/// Both sets of assumptions together, without repetition; `None` when they contradict each other.
fn both(one: &[Assumption], two: &[Assumption]) -> Option<Vec<Assumption>> {
    let mut all = one.to_vec();
    for assumption in two {
        if !all.iter().any(|own| own.condition == assumption.condition && own.holds == assumption.holds) {
            all.push(assumption.clone());
        }
    }
    consistent(&all).then_some(all)
}

/// One value of alternatives: nested ones are flattened, identical ones collapse, too many become an unknown.
pub(super) fn join(branches: Vec<Branch>, span: Span) -> Value {
    let mut flat: Vec<Branch> = Vec::new();
    for branch in branches {
        let Kind::OneOf(inner) = &branch.value.kind else {
            flat.push(branch);
            continue;
        };
        for nested in inner.iter() {
            if let Some(when) = both(&branch.when, &nested.when) {
                let mut value = nested.value.clone();
                super::inherit(&mut value, &branch.value.trail);
                flat.push(Branch { when, value });
            }
        }
    }
    let unknown = flat.iter().find_map(|branch| too_many(branch, span));
    if let Some((first, rest)) = flat.split_first()
        && rest.iter().all(|branch| same(&first.value, &branch.value))
    {
        return first.value.clone();
    }
    if flat.is_empty() || flat.len() > Limits::DEFAULT.alternatives {
        return Value::new(Kind::Unknown(unknown.unwrap_or_else(|| nothing_known(span))), span);
    }
    let secret = flat.iter().any(|branch| branch.value.secret);
    Value { secret, ..Value::new(Kind::OneOf(flat.into()), span) }
}

fn too_many(branch: &Branch, span: Span) -> Option<Unknown> {
    let first = branch.when.first()?;
    let condition = Value::unknown(crate::value::Reason::NotEvaluated, Arc::clone(&first.condition), span);
    as_unknown(&condition)
}

/// Whether two values are the same wherever they were written.
fn same(one: &Value, two: &Value) -> bool {
    match (&one.kind, &two.kind) {
        (Kind::Text(one), Kind::Text(two)) if one.is_known() => one.known() == two.known(),
        (one, two) => one == two,
    }
}
