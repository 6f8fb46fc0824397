"""One step of the same process by other engines, each as its own documentation does it, without HTTP.

The process is the building permit from its reception on: forward, inspect, inspected, submit, and then sent back by the
leader and submitted again, over and over. Every way writes the rows that ours writes (the dossier with its version
check, the journal entry, the notice, the step's clock), here in one statement of bare psycopg, which is the least any
of them could need, and commits after every step; what the engine itself keeps comes on top.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from benchmarks.ground import WARD, WHY, Ground
from benchmarks.one_statement import JOURNAL_BODY, NOTICE, for_psycopg
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.rules.procedure.permissions import Actor
from engine.store.actors import actor_of_person
from engine.store.people import people
from engine.transaction import in_transaction
from tests.installation.filings import PERMIT, filing

ROLES = {
    "forward": "counter",
    "inspect": "specialist",
    "inspected": "specialist",
    "submit": "specialist",
    "send_back": "leader",
}
BEFORE = ("forward", "inspect", "inspected", "submit")
STATEMENT = for_psycopg(answered=False)


@dataclass(slots=True)
class Process:
    """One dossier on its way: its code, the version of its row, and how many tasks are done."""

    code: str
    version: int
    done: int = 0

    @property
    def next(self) -> str:
        """The task that is done next."""
        later = ("send_back", "submit")[(self.done - len(BEFORE)) % 2]
        return BEFORE[self.done] if self.done < len(BEFORE) else later


class Way(ABC):
    """An engine. ``begin`` and ``bring_to`` are not measured, ``step`` is."""

    name: str

    def __init__(self, ground: Ground, libpq: str) -> None:
        self.runtime = ground.runtime()
        self.libpq = libpq
        with self.runtime.database.connect() as connection:
            self.actors = {role: _actor(connection, role) for role in ("counter", "specialist", "leader")}

    def begin(self) -> Process:
        """A dossier filed and received by ours, whichever engine takes it on."""
        wanted = Filing(**filing(PERMIT, WARD))
        filed = in_transaction(self.runtime, self.actors["counter"], lambda unit: file_dossier(unit, wanted))
        return Process(filed.case.code, filed.case.row["version"])

    @abstractmethod
    def bring_to(self, process: Process, done: int) -> None:
        """Makes so many tasks done, for what comes after to be measured."""

    @abstractmethod
    def step(self, process: Process) -> None:
        """Does the next task and commits."""

    def close(self) -> None:
        self.runtime.database.dispose()


class Ours(Way):
    """``perform_action`` with everything on: permission, machine, guards, clocks, the hashed journal, notices."""

    name = "ours"

    def bring_to(self, process: Process, done: int) -> None:
        while process.done < done:
            self.step(process)

    def step(self, process: Process) -> None:
        action = process.next
        reason = WHY if action == "send_back" else None
        case = in_transaction(
            self.runtime,
            self.actors[ROLES[action]],
            lambda unit: perform_action(unit, process.code, action, version=process.version, reason=reason),
        )
        process.version, process.done = case.row["version"], process.done + 1


class Statement(Way):
    """Nothing but the rows, by one statement: what no engine can be below."""

    name = "the rows alone"

    def __init__(self, ground: Ground, libpq: str) -> None:
        super().__init__(ground, libpq)
        self.connection = psycopg.connect(libpq)

    def bring_to(self, process: Process, done: int) -> None:
        process.done = done

    def step(self, process: Process) -> None:
        write_rows(lambda values: self.connection.execute(STATEMENT, values).fetchone(), process)
        self.connection.commit()

    def close(self) -> None:
        self.connection.close()
        super().close()


class Spiff(Statement):
    """SpiffWorkflow: the BPMN process read from its row, run to the next task, and written back as JSON."""

    name = "SpiffWorkflow"

    def __init__(self, ground: Ground, libpq: str) -> None:
        from SpiffWorkflow.bpmn.parser import BpmnParser
        from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
        from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

        super().__init__(ground, libpq)
        parser = BpmnParser()
        parser.add_bpmn_file(str(Path(__file__).with_name("permit.bpmn")))
        self.workflow: Callable[[], Any] = lambda: BpmnWorkflow(parser.get_spec("permit"))
        self.serializer = BpmnWorkflowSerializer()

    def bring_to(self, process: Process, done: int) -> None:
        workflow = self.workflow()
        workflow.do_engine_steps()
        while process.done < done:
            _do_task(workflow, process)
            process.done += 1
        document = self.serializer.serialize_json(workflow)
        self.connection.execute("INSERT INTO bench_workflows VALUES (%s, %s)", [process.code, document])
        self.connection.commit()

    def step(self, process: Process) -> None:
        read = "SELECT document FROM bench_workflows WHERE code = %s FOR UPDATE"
        found = self.connection.execute(read, [process.code]).fetchone()
        assert found is not None
        workflow = self.serializer.deserialize_json(found[0])
        _do_task(workflow, process)
        document = self.serializer.serialize_json(workflow)
        write = "UPDATE bench_workflows SET document = %s WHERE code = %s"
        self.connection.execute(write, [document, process.code])
        super().step(process)


class Durable(Way):
    """DBOS: every act a durable workflow of one transaction, which keeps its checkpoint beside the rows."""

    name = "DBOS"

    def __init__(self, ground: Ground, libpq: str, owner_url: str) -> None:
        from dbos import DBOS, SQLAlchemyDatasource

        super().__init__(ground, libpq)
        DBOS(config={"name": "bench", "system_database_url": owner_url, "log_level": "ERROR"})
        source = SQLAlchemyDatasource.create(owner_url)

        @source.transaction(isolation_level="READ COMMITTED")
        def write(values: dict[str, Any]) -> list[Any]:
            found = source.sql_session().connection().exec_driver_sql(STATEMENT, values).fetchone()
            return list(found or ())

        @DBOS.workflow()
        def act(values: dict[str, Any]) -> list[Any]:
            return write(values)

        DBOS.launch()
        self._act, self._end = act, DBOS.destroy

    def bring_to(self, process: Process, done: int) -> None:
        process.done = done

    def step(self, process: Process) -> None:
        write_rows(self._act, process)

    def close(self) -> None:
        self._end()
        super().close()


def write_rows(execute: Callable[[dict[str, Any]], Any], process: Process) -> None:
    """The rows of one step, by whatever carries out the statement."""
    found = execute(
        {
            "code": process.code,
            "version": process.version,
            "hash": os.urandom(32).hex(),
            "body": JOURNAL_BODY,
            "notice": NOTICE,
        }
    )
    assert found, "somebody else changed the row"
    process.version, process.done = found[0], process.done + 1


WAYS: dict[str, Callable[[Ground, str, str], Way]] = {
    Statement.name: lambda ground, libpq, _: Statement(ground, libpq),
    Ours.name: lambda ground, libpq, _: Ours(ground, libpq),
    Spiff.name: lambda ground, libpq, _: Spiff(ground, libpq),
    Durable.name: Durable,
}


def _do_task(workflow: Any, process: Process) -> None:
    from SpiffWorkflow.util.task import TaskState

    [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
    task.data["send_back"] = process.next == "send_back"
    task.run()
    workflow.do_engine_steps()


def _actor(connection: Any, role: str) -> Actor:
    named = select(people.c.id).where(people.c.username == f"{role}.{WARD}")
    found = actor_of_person(connection, connection.execute(named).scalar_one())
    assert found is not None
    return found
