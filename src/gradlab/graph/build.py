"""From what a trace remembers to a Graph: everything that one Record was computed from."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from gradlab.algebra import number_text
from gradlab.graph.graph import Edge, Graph, Node
from gradlab.graph.naming import where_given
from gradlab.graph.partials import local_formula
from gradlab.graph.snapshot import Copy, Snapshot
from gradlab.graph.spelling import INFIX
from gradlab.graph.tape import Call, Group, Operand, Pass, Record
from gradlab.graph.view import comfortably_opened

_BRIEF = 24
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def build(root: Record) -> Graph:
    """The Graph under `root`, with the gradients of the last backward that passed it."""
    return _Builder(root).graph()


class _Builder:
    def __init__(self, root: Record) -> None:
        self.root = root
        self.records = sorted(_under(root), key=lambda record: record.order)
        self.passed: Pass | None = root.passed
        self.ids = {record: f"n{position}" for position, record in enumerate(self.records)}
        self.names = _indexed(self.records)
        self.texts: dict[Record, str] = {}
        self.owners = {record.call: record for record in self.records if record.call and record.call.parts}
        self.within = self._within()
        self.groups = self._groups()
        self.homes = self._homes()

    def graph(self) -> Graph:
        nodes = [self.node(record) for record in self.records]
        edges = [self.edge(record, use) for record in self.records for use in record.operands]
        accumulated = self.passed.accumulations if self.passed else {}
        more = [self.accumulation(record) for record in self.records if record in accumulated]
        nodes += [node for node, _ in more]
        edges += [edge for _, edge in more]
        modules = [self.module(group) for group in self.groups]
        of = self.names.get(self.passed.root, self.passed.root.name) if self.passed else None
        return comfortably_opened(Graph(tuple(nodes + modules), tuple(edges), self.ids[self.root], of or "L"))

    def node(self, record: Record) -> Node:
        call = record.call
        site = where_given(call.sites) if call else None
        kind: Any = "composite" if call and call.parts else record.kind
        return Node(
            id=self.ids[record],
            kind=kind,
            name=self.names.get(record),
            text=self.text(record),
            operation=call.operation if call else None,
            tracked=record.tracked,
            value=record.value.snapshot(),
            gradient=self.gradient(record),
            inside=self.inside(record),
            statement=site.statement if site and call and not call.shared else "",
            file=site.file if site else "",
            line=site.line if site else None,
        )

    def gradient(self, record: Record) -> Snapshot | None:
        kept = self.arrived(record)
        return None if kept is None else kept.snapshot()

    def arrived(self, record: Record) -> Copy | None:
        if self.passed is None:
            return None
        if record not in self.passed.gradients and record.call and record.call.inside in self.owners:
            owner = self.owners[record.call.inside]
            return self.passed.gradients.get(owner) if record is owner.call.parts[-1] else None  # type: ignore[union-attr]  # owners have a call
        return self.passed.gradients.get(record)

    def inside(self, record: Record) -> str | None:
        call = record.call
        if call is not None and call.inside in self.owners:
            return self.ids[self.owners[call.inside]]
        if record in self.within:
            return self.ids[self.within[record]]
        around = self.homes.get(record, []) if record.kind == "leaf" else _groups_around(record)
        return next((self.groups[group] for group in around if group in self.groups), None)

    def _within(self) -> dict[Record, Record]:
        """Constants that nothing uses but the parts of one ready-made operation."""
        users: dict[Record, set[Call | None]] = defaultdict(set)
        for record in self.records:
            for operand in record.operands:
                users[operand.record].add(record.call.inside if record.call else None)
        found = {record: next(iter(calls)) for record, calls in users.items() if len(calls) == 1}
        return {
            record: self.owners[call]
            for record, call in found.items()
            if record.kind == "constant" and call in self.owners
        }

    def _homes(self) -> dict[Record, list[Group]]:
        """The module calls that a parameter belongs to: its name begins with theirs, and nothing else uses it."""
        homes: dict[Record, list[Group]] = {}
        for record in self.records:
            for operand in record.operands:
                used, name = operand.record, operand.record.name or ""
                around = [group for group in _groups_around(record) if name.startswith(f"{group.name}.")]
                homes[used] = [group for group in homes.get(used, around) if group in around]
        return homes

    def edge(self, record: Record, use: Operand) -> Edge:
        arrived = self.passed.flows.get(use) if self.passed else None
        flow, local = (None if kept is None else kept.snapshot() for kept in (arrived, use.local))
        summed = local is not None and flow is not None and local.shape != flow.shape
        formula = self.formula(record, use)
        tracked = use.arrivals > 0
        alias = use.alias if use.alias and use.alias != use.record.name else ""
        source, target = self.ids[use.record], self.ids[record]
        return Edge(source, target, use.label, tracked, local, flow, summed, formula, alias)

    def formula(self, record: Record, use: Operand) -> str:
        """The local derivative in names; a text that is no name goes in brackets."""

        def word(used: Record) -> str:
            words = self.names.get(used) or self.briefly(used).strip("…")
            return words if used in self.names or words.isidentifier() or not words else f"({words})"

        if record.call is None or use.local is None:
            return ""
        return local_formula(record.call, use.label, self.names.get(record), word)

    def accumulation(self, record: Record) -> tuple[Node, Edge]:
        assert self.passed is not None
        done, added = self.passed.accumulations[record], self.passed.gradients[record].snapshot()
        old = None if done.old is None else done.old.snapshot()
        id = f"{self.ids[record]}.grad"
        name = f"{self.names.get(record) or ''}.grad"
        node = Node(id, "accumulation", name, name, None, False, done.after.snapshot(), added, self.inside(record), old)
        return node, Edge(id, self.ids[record], "grad", True, None, added)

    def module(self, group: Group) -> Node:
        around = self.groups.get(group.around) if group.around else None
        result = self.result(group)
        text = f"{group.kind} → {self.names[result]}" if result in self.names else group.kind
        gradient = self.gradient(result)
        id, name = self.groups[group], group.name
        return Node(id, "module", name, text, group.kind, result.tracked, result.value.snapshot(), gradient, around)

    def result(self, group: Group) -> Record:
        """What a module call hands on: the last of its own that something outside of it uses."""
        members = [record for record in self.records if group in _groups_around(record)]
        used = {
            operand.record
            for record in self.records
            if group not in _groups_around(record)
            for operand in record.operands
        }
        return next((record for record in reversed(members) if record in used or record is self.root), members[-1])

    def _groups(self) -> dict[Group, str]:
        """Module calls of more than one operation; around a single one a frame would say nothing."""
        size: dict[Group, int] = defaultdict(int)
        for record in self.records:
            if record.kind == "operation" and record.call is not None and record.call.inside is None:
                for group in _groups_around(record):
                    size[group] += 1
        large = [group for group, count in size.items() if count > 1]
        return {group: f"g{position}" for position, group in enumerate(large)}

    def text(self, record: Record) -> str:
        """The user's own source where it is the operation's alone; otherwise the operation, spelled."""
        if record not in self.texts:
            self.texts[record] = self._text(record)
        return self.texts[record]

    def _text(self, record: Record) -> str:
        call = record.call
        if call is None or record.kind == "leaf":
            return self.names.get(record) or ""
        site = where_given(call.sites) if record.kind == "constant" else next(iter(call.sites), None)
        if site is not None and site.text and not call.shared and call.inside is None:
            return " ".join(site.text.split())
        alone = call.group is not None and call.group not in self.groups and call.inside is None
        return self.spelled(record, call, call.group.name if alone and call.group else "")

    def spelled(self, record: Record, call: Call, module: str) -> str:
        """The operation, as PyTorch would be told it; of the module that it is all of, that module's name."""
        if module:
            inputs = [use.record for use in record.operands if not (use.record.name or "").startswith(f"{module}.")]
            return f"{module}({', '.join(self.word(used) for used in inputs)})"
        arguments = call.arguments.values() or [operand.record for operand in record.operands]
        words = [self.word(argument) for argument in arguments if not isinstance(argument, bool | None | str | dict)]
        if call.operation in INFIX and len(words) == 2:
            return f"{words[0]} {INFIX[call.operation]} {words[1]}"
        return f"{call.operation}({', '.join(words)})"

    def briefly(self, record: Record) -> str:
        """What has no name, by its text, if that is short."""
        words = self.text(record)
        return words if 0 < len(words) <= _BRIEF else "…"

    def word(self, argument: Any) -> str:
        if isinstance(argument, Record):
            return self.names.get(argument) or self.briefly(argument)
        if isinstance(argument, list | tuple):
            return "[" + ", ".join(self.word(member) for member in argument) + "]"
        return number_text(argument) if isinstance(argument, float) else str(argument)


def _groups_around(record: Record) -> list[Group]:
    """The module calls around the operation that made `record`, innermost first."""
    groups, group = [], record.call.group if record.call else None
    while group is not None:
        groups.append(group)
        group = group.around
    return groups


def _under(root: Record) -> Iterator[Record]:
    """All that `root` was computed from, with the parts of what can be opened."""
    seen, waiting = {root}, [root]
    while waiting:
        record = waiting.pop()
        yield record
        near = [operand.record for operand in record.operands]
        if record.call is not None:
            near += record.call.parts
        for other in near:
            if other not in seen:
                seen.add(other)
                waiting.append(other)


def _indexed(records: list[Record]) -> dict[Record, str]:
    """Names; where a loop gave one name to several, the last has it and the earlier ones are numbered."""
    several: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.name is not None:
            several[record.name].append(record)
    return {
        record: name if record is holders[-1] else name + str(position).translate(_SUBSCRIPTS)
        for name, holders in several.items()
        for position, record in enumerate(holders, 1)
    }
