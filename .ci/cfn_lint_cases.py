"""Asks cfn-lint what the cases of testdata/cloudformation/cases resolve to, and compares.

A case says in its metadata what its policy `Resolves` to; `cargo test` holds kmsguard to it, this script cfn-lint. Where
cfn-lint resolves a case to other values, the case must say why, under `cfn-lint`; where it resolves it to the same, it
must not.
"""

import copy
import itertools
import json
import pathlib
import re
import sys

import cfnlint.decode
from cfnlint.context import create_context_for_template
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.rules.resources.CircularDependency import CircularDependency
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension

# Values of one case that are looked at: alternatives are few, and cfn-lint stops at 512.
MOST = 2000
REMOVED = "(removed)"
REGIONS = ["us-east-1", "eu-west-1"]
# What holds for the account, the Region and the rest that only a deployment tells.
HOLES = {"AWS::AccountId": r"\d{12}", "AWS::Partition": "aws[a-z-]*", "AWS::Region": "[a-z]+(-[a-z]+)+-[0-9]"}


class Unresolved(Exception):
    """cfn-lint does not resolve this function."""


def function(value):
    """The function that an object calls."""
    if isinstance(value, dict) and len(value) == 1:
        (name,) = value
        if name in ("Ref", "Condition") or str(name).startswith("Fn::"):
            return name
    return None


def values(validator, written):
    """All that a value can be, each with the validator that knows under which conditions."""
    name = function(written)
    if name and name != "Condition":
        if name not in validator.fn_resolvers:
            raise Unresolved(name)
        found = []
        for value, inner, error in validator.resolve_value(written):
            if error is None:
                if value == written:
                    raise Unresolved(name)
                found.extend([(value, inner)] if plain(value) else values(inner, value))
        if not found:
            raise Unresolved(name)
        return found
    if isinstance(written, list):
        return [([one for one in row if one != REMOVED], last) for row, last in rows(validator, written)]
    if isinstance(written, dict):
        names = [str(name) for name in written]
        made = rows(validator, list(written.values()))
        return [({n: v for n, v in zip(names, row) if v != REMOVED}, last) for row, last in made]
    return [(written, validator)]


def plain(value):
    return not isinstance(value, (dict, list))


def rows(validator, written):
    """All combinations of the values of several, those that contradict each other left out."""
    found = [([], validator)]
    for one in written:
        found = [(row + [value], inner) for row, outer in found for value, inner in values(outer, one)]
        if len(found) > MOST:
            raise Unresolved("too many values")
    return found


def alternatives(expected):
    """The values that a case allows, `one of` put apart."""
    if isinstance(expected, dict):
        if list(expected) == ["one of"]:
            return [one for value in expected["one of"].values() for one in alternatives(value)]
        if list(expected) == ["secret"]:
            return alternatives(expected["secret"])
        if list(expected) == ["json"]:
            return [{"json": one} for one in alternatives(expected["json"])]
        parts = [alternatives(value) for value in expected.values()]
        return [dict(zip(map(str, expected), row)) for row in itertools.product(*parts)]
    if isinstance(expected, list):
        made = itertools.product(*map(alternatives, expected))
        # An element that may be removed stands as null.
        return [[one for one in row if one is not None] for row in made]
    return [expected]


def same(expected, found):
    """Whether a value is as a case says, holes apart."""
    if isinstance(expected, dict) and list(expected) == ["json"]:
        return isinstance(found, str) and same(expected["json"], json.loads(found))
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and sorted(expected) == sorted(found)
            and all(same(value, found[name]) for name, value in expected.items())
        )
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, str):
        parts = re.split(r"<([^<>]+)>", expected)
        if len(parts) == 3 and parts[0] == parts[2] == "" and parts[1] not in HOLES:
            return True
        pattern = "".join(HOLES.get(p, ".*") if at % 2 else re.escape(p) for at, p in enumerate(parts))
        return isinstance(found, str) and re.fullmatch(pattern, found) is not None
    return type(expected) is type(found) and expected == found


def parameters(decoded):
    """What parameters are where nothing is given for them."""
    return {n: str(p["Default"]) for n, p in decoded.get("Parameters", {}).items() if "Default" in p}


def marked(value):
    """A tree in which a text stands for AWS::NoValue, which cfn-lint's resolver passes over."""
    if isinstance(value, dict):
        if dict(value) == {"Ref": "AWS::NoValue"}:
            return REMOVED
        for name in value:
            value[name] = marked(value[name])
    elif isinstance(value, list):
        value[:] = [marked(one) for one in value]
    return value


def loaded(path, decoded):
    """A template with its loops unrolled; None where cfn-lint cannot."""
    cfn = Template(str(path), decoded, REGIONS)
    if "Transform" in decoded:
        _, unrolled = language_extension(cfn)
        if unrolled is None:
            return None
        cfn = Template(str(path), unrolled, REGIONS)
    return cfn


def templates(path):
    """The cases of a file, each with the template that it stands in."""
    decoded, problems = cfnlint.decode.decode(str(path))
    if problems or decoded is None:
        sys.exit(f"{path}: cfn-lint cannot read it: {problems}")
    resources = decoded["Resources"]
    written = [name for name, body in resources.items() if "Resolves" in (dict(body).get("Metadata", {}) if isinstance(body, dict) else {})]
    cases = {name: copy.deepcopy(resources[name]["Metadata"]) for name in written}
    cases.update(decoded["Metadata"].get("Cases", {}))
    whole = loaded(path, copy.deepcopy(decoded))
    for name, case in cases.items():
        cfn = whole
        if cfn is None:
            # One case that it cannot transform must not hide the others.
            alone = copy.deepcopy(decoded)
            for other in written:
                if other != name:
                    del alone["Resources"][other]
            cfn = loaded(path, alone)
        yield name, case, cfn, parameters(decoded)


def asked(name, expected, cfn, defaults):
    """agrees, differs or unresolved; and what cfn-lint finds."""
    resource = cfn and cfn.template["Resources"].get(name)
    if resource is None or expected == "not declared":
        return "unresolved", "not transformed"
    validator = CfnTemplateValidator({}).evolve(context=create_context_for_template(cfn), cfn=cfn)
    try:
        written = marked(copy.deepcopy(resource["Properties"]["KeyPolicy"]))
        found = [value for value, last in values(validator, written) if holds(cfn, last, defaults)]
    except Unresolved as function:
        return "unresolved", str(function)
    agrees = all(any(same(one, value) for value in found) for one in alternatives(expected))
    return ("agrees" if agrees else "differs"), found[:3]


def holds(cfn, validator, defaults):
    """Whether conditions can be as a value takes them to be."""
    return cfn.conditions.satisfiable(dict(validator.context.conditions.status), defaults)


def circle_differs(name, case, cfn):
    """How cfn-lint and a case part ways over whether a resource is in a circle; None where they agree."""
    told = any("depend" in mistake for mistake in case.get("Mistakes", []))
    found = cfn is not None and name in {match.path[1] for match in CircularDependency().match(cfn)}
    if cfn is None or (found != told) == ("E3004" in case) and (found or not told):
        return None
    return f"a circle is {'' if told else 'not '}told, E3004 {'tells' if found else 'does not tell'} of one"


def main(folder):
    counts = {"agrees": 0, "differs": 0, "unresolved": 0}
    wrong = []
    for path in sorted(pathlib.Path(folder).glob("*.yaml")):
        told = dict.fromkeys(counts, 0)
        for name, case, cfn, defaults in templates(path):
            answer, found = asked(name, case["Resolves"], cfn, defaults)
            told[answer] += 1
            circle = circle_differs(name, case, cfn)
            if circle:
                wrong.append(f"{path.stem} {name}: {circle}")
            explained = "explained" if "cfn-lint" in case else "not explained"
            if "--all" in sys.argv:
                print(f"  {path.stem} {name}: {answer}, {explained}: {found}")
            if (answer == "differs") != ("cfn-lint" in case):
                wrong.append(f"{path.stem} {name}: {answer}, {explained}: {found}")
            # Were something else expected, it would be told.
            other = json.loads(re.sub("Allow|always|strict", "other", json.dumps(case["Resolves"])))
            if answer == "agrees" and asked(name, other, cfn, defaults)[0] != "differs":
                wrong.append(f"{path.stem} {name}: another expectation is not told apart")
        print(path.stem.ljust(14), ", ".join(f"{count} {word}" for word, count in told.items()))
        for word, count in told.items():
            counts[word] += count
    print("all".ljust(14), ", ".join(f"{count} {word}" for word, count in counts.items()))
    if counts["agrees"] < 100:
        wrong.append("cfn-lint resolves fewer than 100 cases: has its interface changed?")
    if wrong:
        sys.exit("\n".join(wrong))


main(sys.argv[1])
