//! Service principals without a limit on the resource that they act for: the confused deputy.

use super::limit::{Kind, Limit};
use super::reach::allows;
use super::view::{View, unknowns};
use super::words::Test;
use super::{Access, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Condition, Document, Element, Principal, Statement};
use crate::value::Text;

/// Whether `statement` lets a service use the key (cryptographic operations or grants) for any customer's resource:
/// no sound `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID`, `aws:SourceOrgPaths`, and no encryption
/// context that carries an account (IAM User Guide, "The confused deputy problem").
///
/// A statement for `cloudtrail.amazonaws.com` with `kms:Decrypt`, and at most `kms:GenerateDataKey` besides, is that of
/// a `CloudTrail` Lake event data store, which sends none of these keys (`CloudTrail` User Guide, "Configure AWS KMS key
/// policies for `CloudTrail`"): no.
pub fn service_without_source(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    View::new(document, setting).ask_statement(statement, |view, statement| {
        let services = view.services(statement);
        if services.is_no() || is_event_data_store(statement) {
            return Answer::no([]);
        }
        let used = view
            .acts(statement)
            .into_iter()
            .filter(|(act, _)| act.cryptographic || act.name == "kms:CreateGrant");
        let used = Answer::any(used.map(|(_, covered)| covered));
        let limited = Answer::any(
            statement
                .conditions
                .iter()
                .filter(|condition| !view.world.excludes(&condition.when))
                .map(|condition| view.world.gate(&condition.when).and(view.limits_source(condition)))
                .chain(
                    statement.open_conditions.iter().map(|u| Answer::cannot_tell([Witness::of_unknown(u)])),
                ),
        );
        allows(statement).and(services).and(Answer { because: Vec::new(), ..used }).and(!limited)
    })
}

impl View<'_> {
    /// Whether a service is among the principals.
    fn services(&self, statement: &Statement) -> Access {
        let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else {
            return Answer::no([]);
        };
        let named = principals.items.iter().map(|item| match &item.value {
            Principal::Service(name) => self.world.gate(&item.when).and(Answer::yes([named(item, name)])),
            _ => Answer::no([]),
        });
        // An unknown under `AWS` is no service, but an unknown list may hold one.
        let more = principals.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        Answer::any(named.chain(more))
    }

    /// Whether a condition ties the service to resources of given accounts.
    fn limits_source(&self, condition: &Condition) -> Access {
        let Some(key) = condition.key.known() else { return Answer::cannot_tell(unknowns(&condition.key)) };
        let key = key.to_ascii_lowercase();
        if key.starts_with("kms:encryptioncontext:") {
            return self.context_names_account(condition);
        }
        // Facts of the key itself or the network: the call comes from the service.
        let about_source =
            key.starts_with("aws:source") && key != "aws:sourceip" && key != "aws:sourceidentity";
        let about_caller = matches!(key.as_str(), "kms:calleraccount" | "aws:principalaccount");
        if !about_source && !about_caller {
            return Answer::no([]);
        }
        match self.limit(condition) {
            Limit { kind: Kind::Everyone, because, .. } => Answer::no(because),
            Limit { kind: Kind::Within(_), because, .. } => Answer::cannot_tell(because),
            Limit { kind: Kind::Accounts(_) | Kind::Services | Kind::Nobody, because, .. } => {
                Answer::yes(because)
            }
        }
    }

    /// An encryption context with an ARN in it that names an account, or an account's id: `aws:logs:arn`,
    /// `aws:cloudtrail:arn`, `aws:s3:arn` (bucket ARNs have none, but name one bucket).
    fn context_names_account(&self, condition: &Condition) -> Access {
        let Some(test) = Test::of(&condition.operator) else {
            return Answer::cannot_tell(super::view::open_test(condition));
        };
        if test.unsound().is_some() {
            return Answer::no([]);
        }
        let wild = test.wild;
        let each = condition.values.iter().map(|value| {
            let pinned = super::pinned::pinned_source(&value.value, wild, self.variables());
            match pinned {
                super::pinned::Pinned::To(()) | super::pinned::Pinned::Nothing => Answer::yes([]),
                super::pinned::Pinned::Loose(_) => Answer::no([]),
                super::pinned::Pinned::Open => Answer::cannot_tell(unknowns(&value.value)),
            }
        });
        Answer::all(each.chain(condition.open.iter().map(|u| Answer::cannot_tell([Witness::of_unknown(u)]))))
    }
}

fn named(item: &Element<Principal>, name: &Text) -> Witness {
    let fact = format!("`{}` acts for resources of any customer", name.shown());
    Witness::new(item.span, fact, &item.trail)
}

/// Whether the statement is the one that `CloudTrail` Lake documents: its service, `Decrypt`, and `GenerateDataKey`, here or
/// in a statement of its own. A trail never decrypts, and its `GenerateDataKey` does carry a source.
fn is_event_data_store(statement: &Statement) -> bool {
    let cloudtrail = statement.principals.as_ref().is_some_and(|principals| {
        !principals.items.is_empty()
            && principals.items.iter().all(
                |item| matches!(&item.value, Principal::Service(name) if name.is("cloudtrail.amazonaws.com")),
            )
    });
    let is = |text: &Text, name: &str| text.known().is_some_and(|word| word.eq_ignore_ascii_case(name));
    let lake = |text: &Text| is(text, "kms:GenerateDataKey") || is(text, "kms:Decrypt");
    cloudtrail
        && statement.conditions.is_empty()
        && statement.actions.as_ref().is_some_and(|actions| {
            let items = &actions.items;
            let decrypts = items.iter().any(|item| is(&item.value, "kms:Decrypt"));
            !actions.negated
                && actions.open.is_none()
                && decrypts
                && items.iter().all(|item| lake(&item.value))
        })
}
