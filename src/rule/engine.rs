//! Rules asked of what is declared.
//!
//! For each resource and each rule, every instance of the rule's subject is asked; a yes becomes a certain finding, a
//! cannot-tell an undecided one where the rule wants it. What is easy to get wrong: an instance that may exist (an
//! unknown list, a whole policy that is unknown) is asked too.

use super::catalogue::{Catalogue, RESERVED};
use super::check::{Grade, Rule};
use super::fingerprint;
use super::instead::{Told, told_once};
use super::label::Labels;
use super::repair;
use super::subject::{Beside, Case, Found, Item, Scene, Subject};
use super::undecided::{self, Open};
use super::usage::Wiring;
use crate::access::{Access, Setting, Witness, may_decrypt};
use crate::config::{Config, Selection};
use crate::finding::{Certainty, Finding, Severity};
use crate::key::{Declared, Key, Leads, Role};
use crate::source::SourceMap;
use crate::value::Text;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};

/// What is wrong with what is declared, by the rules of `catalogue` as `config` sets them; mistakes in the texts come
/// along under their reserved ids. Sorted by path, place and rule.
pub fn judge(declared: &Declared, catalogue: &Catalogue, config: &Config, map: &SourceMap) -> Vec<Finding> {
    judge_each(declared, catalogue, config, map, Threads::This)
}

/// The same on all threads of the pool.
///
/// For what is judged alone: a thread that waits for others would begin with another piece of work, and with one in that.
pub fn judge_on_all_threads(
    declared: &Declared,
    catalogue: &Catalogue,
    config: &Config,
    map: &SourceMap,
) -> Vec<Finding> {
    judge_each(declared, catalogue, config, map, Threads::All)
}

/// The threads to work on.
#[derive(Clone, Copy)]
enum Threads {
    This,
    All,
}

impl Threads {
    /// What `make` makes of each, in order.
    fn each<'t, T: Sync, R: Send>(self, all: &'t [T], make: impl Fn(&'t T) -> R + Sync + Send) -> Vec<R> {
        match self {
            Self::This => all.iter().map(make).collect(),
            Self::All => all.par_iter().map(make).collect(),
        }
    }
}

fn judge_each(
    declared: &Declared,
    catalogue: &Catalogue,
    config: &Config,
    map: &SourceMap,
    threads: Threads,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = declared.problems.iter().cloned().map(Finding::of_problem).collect();
    let rules = in_force(catalogue, config);
    let leads = Leads::of(declared);
    let identities = threads.each(&declared.identity_policies, |policy| {
        Scene::of_identity(policy, &leads, setting(None, config))
    });
    let decrypt =
        identities.iter().flat_map(|scene| scene.policies.iter()).any(|held| may_decrypt(&held.document));
    let beside = Beside { identities: &identities, decrypt };
    let judge_one = |scene: &Scene<'_>| judge_scene(scene, &rules, &beside, map);
    let keys = threads.each(&declared.keys, |key| Scene::of_key(key, &leads, setting(Some(key), config)));
    findings.extend(threads.each(&keys, judge_one).into_iter().flatten());
    findings.extend(threads.each(&identities, judge_one).into_iter().flatten());
    for alias in &declared.aliases {
        let key = Scene::pointed(&alias.key, &leads);
        findings.extend(judge_one(&Scene::of_alias(alias, &leads, setting(key, config))));
    }
    for grant in &declared.grants {
        let key = Scene::pointed(&grant.key, &leads);
        findings.extend(judge_one(&Scene::of_grant(grant, &leads, setting(key, config))));
    }
    let asked = |subject| rules.iter().any(|rule| rule.rule.subject == subject);
    if asked(Subject::KeyUser) || asked(Subject::Delivery) {
        let wiring = Wiring::of(&leads);
        let scenes = wiring.scenes(&keys, &setting(None, config));
        findings.extend(threads.each(&scenes, judge_one).into_iter().flatten());
    }
    for finding in &mut findings {
        finding.stack.clone_from(&declared.stack);
        finding.construct = declared.constructs.get(&finding.resource).cloned();
    }
    finish(&mut findings, map);
    findings
}

/// Sorts findings by path, place and rule, and makes their fingerprints unique; to be called again where the findings of
/// several roots come together.
pub fn finish(findings: &mut [Finding], map: &SourceMap) {
    findings.sort_by_cached_key(|finding| {
        let span = finding.primary.span;
        (map.path(span.file), span.start, span.end, finding.rule.clone(), finding.resource.clone())
    });
    let mut used: FxHashSet<String> = FxHashSet::default();
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    for finding in findings {
        if finding.fingerprint.is_empty() {
            let path = map.path(finding.primary.span.file);
            finding.fingerprint = fingerprint::of([finding.rule.as_str(), &path, &finding.message]);
        }
        let plain = finding.fingerprint.clone();
        let count = counts.entry(plain.clone()).or_insert(1);
        while !used.insert(finding.fingerprint.clone()) {
            *count += 1;
            finding.fingerprint = format!("{plain}-{count}");
        }
    }
}

/// A rule, the severity that the settings give it, and from which profile on its narrower cases are told.
struct InForce<'a> {
    rule: &'a Rule,
    severity: Option<Severity>,
    selection: &'a Selection,
}

/// The rules that are asked: those of the profiles in force, and those that the settings name with a severity.
fn in_force<'a>(catalogue: &'a Catalogue, config: &'a Config) -> Vec<InForce<'a>> {
    let selection = &config.profiles;
    let rules = catalogue.rules().iter().filter_map(|rule| {
        let severity = match config.rules.get(&rule.id) {
            Some(None) => return None,
            Some(severity) => *severity,
            None if rule.is_selected(selection) => None,
            None => return None,
        };
        Some(InForce { rule, severity, selection })
    });
    rules.collect()
}

/// The ids that findings may have as the settings are: those of the rules that are asked, and the reserved ones.
pub fn asked<'a>(catalogue: &'a Catalogue, config: &'a Config) -> Vec<&'a str> {
    in_force(catalogue, config).into_iter().map(|it| it.rule.id.as_str()).chain(RESERVED).collect()
}

impl InForce<'_> {
    /// Whether a case of the rule is told: a narrower case may belong to a wider profile.
    fn tells(&self, grade: Option<&Grade>) -> bool {
        let of_grade = grade.and_then(|grade| grade.profile);
        self.severity.is_some() || of_grade.is_none_or(|profile| self.selection.reaches(profile))
    }
}

/// Where a key lives: what the source says, else the settings.
pub fn setting(key: Option<&Key>, config: &Config) -> Setting {
    let known = |of: fn(&Key) -> Option<&Text>| key.and_then(of).and_then(Text::known);
    // What is said to be elsewhere, and where is not known, is not where the settings say.
    let place = |of: fn(&Key) -> Option<&Text>, settings: &Option<String>| match key.and_then(of) {
        Some(text) => text.known(),
        None => settings.clone(),
    };
    let address = key.filter(|key| key.role != Role::PolicyAlone).map(|key| key.address.clone());
    Setting {
        key: address,
        account: place(|key| key.account.as_ref(), &config.key_account),
        partition: known(|key| key.partition.as_ref()).or_else(|| config.partition.clone()),
        region: place(|key| key.region.as_ref(), &config.region),
        trusted_accounts: config.trusted_accounts.clone(),
        trusted_orgs: config.trusted_orgs.clone(),
        deployer: known(|key| key.deployer.as_ref()).or_else(|| config.deployer.clone()),
    }
}

fn judge_scene(
    scene: &Scene<'_>,
    rules: &[InForce<'_>],
    beside: &Beside<'_>,
    map: &SourceMap,
) -> Vec<Finding> {
    let asked = |subject| rules.iter().any(|rule| rule.rule.subject == subject);
    let found = Found::of(scene, asked, beside);
    let mut told = Vec::new();
    let mut open = Vec::new();
    for rule in rules {
        for case in rule.rule.subject.cases(&rule.rule.policies, scene, &found) {
            let stands = case.stands();
            let answer = if stands.is_no() { stands } else { stands.and(rule.rule.when.holds(&case)) };
            if answer.is_yes() {
                let finding = certain(rule, &case, answer, map);
                told.extend(finding.map(|finding| Told { rule: rule.rule, case, finding }));
            } else if answer.is_open() {
                open.extend(Open::new(rule.rule, severity(rule, &case), case, answer.because));
            }
        }
        open.extend(hidden(rule, scene));
    }
    let (mut findings, open) = told_once(told, open);
    findings.extend(undecided::finding(open));
    findings
}

/// What a rule would ask of instances that are not known.
fn hidden<'a>(rule: &InForce<'a>, scene: &'a Scene<'a>) -> Vec<Open<'a>> {
    if rule.rule.undecided.is_none() {
        return Vec::new();
    }
    let severity = rule.severity.unwrap_or(rule.rule.severity);
    rule.rule
        .subject
        .hidden(&rule.rule.policies, scene)
        .into_iter()
        .filter_map(|(held, unknowns)| {
            let case = Case { scene, policy: Some(held), statement: None, item: Item::Whole };
            let causes = unknowns.into_iter().map(Witness::of_unknown).collect();
            Open::new(rule.rule, severity, case, causes)
        })
        .collect()
}

/// The first grade that certainly holds.
fn grade<'a>(rule: &'a Rule, case: &Case<'_>) -> Option<&'a Grade> {
    rule.grades.iter().find(|grade| grade.when.holds(case).is_yes())
}

fn severity(rule: &InForce<'_>, case: &Case<'_>) -> Severity {
    let own = || grade(rule.rule, case).map_or(rule.rule.severity, |grade| grade.severity);
    rule.severity.unwrap_or_else(own)
}

fn certain(of: &InForce<'_>, case: &Case<'_>, answer: Access, map: &SourceMap) -> Option<Finding> {
    let InForce { rule, severity, .. } = of;
    let grade = grade(rule, case);
    if !of.tells(grade) {
        return None;
    }
    let message = grade.and_then(|grade| grade.message.as_ref()).unwrap_or(&rule.message);
    let help = grade.and_then(|grade| grade.help.as_ref()).or(rule.help.as_ref());
    let help = help.map_or_else(|| advice(&rule.fix), |help| help.fill(case));
    let labels = Labels::of(rule, case, answer.because);
    let content = fingerprint::content(case);
    Some(Finding {
        rule: rule.id.clone(),
        severity: severity.or(grade.map(|grade| grade.severity)).unwrap_or(rule.severity),
        certainty: Certainty::Certain,
        message: message.fill(case),
        help: Some(help).filter(|help| !help.is_empty()),
        stack: None,
        construct: None,
        resource: case.scene.address.to_owned(),
        fixes: repair::fixes(rule, case, labels.primary.span, map),
        also: Vec::new(),
        primary: labels.primary,
        secondary: labels.secondary,
        fingerprint: fingerprint::of([rule.id.as_str(), case.scene.address, &content]),
        accepted: None,
    })
}

/// The first sentence of a rule's prose, as advice: lower case, no full stop.
fn advice(prose: &str) -> String {
    let line = prose.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = line.split_once(". ").map_or(line.as_str(), |(first, _)| first);
    let mut letters = first.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |letter| letter.to_lowercase().chain(letters).collect())
}
