//! A class of requests made one concrete request, and the places that let it in.

use super::super::words;
use super::super::{Request, Witness};
use super::caller::Who;
use super::cover::Cover;
use super::engine::Engine;
use super::solve::Space;
use super::test::Row;
use crate::policy::Document;
use crate::value::Trail;

/// A request of the class.
pub(super) fn request(engine: &Engine<'_>, who: &Who, act: &str, space: &Space) -> Request {
    let mut context: Vec<(String, Vec<String>)> = Vec::new();
    for ((column, classes), left) in engine.table.keys.iter().zip(&engine.ring.columns).zip(space) {
        if column.hidden {
            continue;
        }
        let values = if column.tied {
            who.values(&column.name, &engine.ground)
        } else {
            let class = left.iter().next().and_then(|class| classes.classes.get(class));
            class.map(|(values, _)| values.clone()).unwrap_or_default()
        };
        let follows =
            matches!(column.name.as_str(), "aws:principalarn" | "aws:principalaccount" | "kms:calleraccount");
        if !values.is_empty() && !follows {
            context.push((column.shown.clone(), values));
        }
    }
    // What a session's ARN does not tell is the path of its role.
    if let Some(arn) = who.arn.as_ref().filter(|arn| arn.matches('/').count() > 1) {
        context.push(("aws:PrincipalArn".to_owned(), vec![arn.clone()]));
    }
    let ground = &engine.ground;
    let region = ground.setting.region.as_deref().unwrap_or("us-east-1");
    Request {
        caller: who.caller.clone(),
        action: act.to_owned(),
        key_arn: format!(
            "arn:{}:kms:{region}:{}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            ground.partition(),
            ground.own
        ),
        key_account: ground.own.clone(),
        context,
    }
}

/// The places that let a request in: the principal, the action, the conditions.
pub(super) fn places(
    document: &Document,
    statement: Option<usize>,
    principal: Option<usize>,
    act: &str,
) -> Vec<Witness> {
    let Some(statement) = statement.and_then(|at| document.statements.get(at)) else {
        let unknown = document.open.iter().map(Witness::of_unknown);
        return unknown.collect();
    };
    let mut places = Vec::new();
    if let Some(principals) = &statement.principals {
        let item = principal.and_then(|at| principals.items.get(at));
        places.push(match item {
            Some(item) => Witness::new(item.span, super::super::reach::fact_of(&item.value), &item.trail),
            None => Witness::new(principals.span, "whoever is not listed", &statement.trail),
        });
    }
    if let Some(actions) = &statement.actions {
        let covers = |item: &&crate::policy::Element<crate::value::Text>| {
            !actions.negated && words::action_covers(&item.value, act) != crate::logic::Verdict::No
        };
        let item = actions.items.iter().find(covers);
        let (span, trail) = item.map_or((actions.span, &statement.trail), |item| (item.span, &item.trail));
        places.push(Witness::new(span, format!("covers `{act}`"), trail));
    }
    for condition in &statement.conditions {
        let fact = format!("asks for `{}`", condition.key.shown());
        places.push(Witness::new(condition.key_span, fact, &Trail::default()));
    }
    places
}

/// What is not known and was decided to reach the class.
pub(super) fn open(engine: &Engine<'_>, by: Cover, space: &Space) -> Vec<String> {
    let columns = engine.table.keys.iter().zip(space);
    let mut open: Vec<String> = columns
        .filter(|(column, left)| column.hidden && left.count() < 2)
        .map(|(column, _)| column.shown.clone())
        .collect();
    if let Some(Row::Hidden(key)) = by.test().and_then(|test| engine.table.rows.get(test))
        && let Some(column) = engine.table.keys.get(*key)
        && !open.contains(&column.shown)
    {
        open.push(column.shown.clone());
    }
    open
}

/// The accounts that a policy mentions.
pub(super) fn accounts(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for statement in &document.statements {
        let principals = statement.principals.iter().flat_map(|principals| &principals.items);
        for item in principals {
            if let Some(crate::policy::AccountRef::Id(id)) = item.value.account() {
                found.push(id.clone());
            }
        }
        for value in statement.conditions.iter().flat_map(|condition| &condition.values) {
            let known = value.value.known_parts();
            let runs = known.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 12);
            found.extend(runs.map(str::to_owned));
        }
    }
    found
}
