"""Clusters: name, move, dissolve. How one comes to be is in `notes.gather`."""

from . import permissions, writing
from .ask import Ask
from .change import Change
from .commands import DissolveCluster, MoveCluster, NameCluster
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Cluster, Sprint


def name(sprint: Sprint, ask: Ask, command: NameCluster, past: Past) -> Change:
    """A sentence as a name."""
    cluster = _there(sprint, command.cluster)
    permissions.require(sprint, ask.seat, NameCluster, cluster.zone)
    writing.check_title(command.title)
    if writing.is_empty(command.title):
        raise Refused("empty")
    draft = Draft(sprint)
    draft.set(cluster, title=command.title)
    return draft.change()


def move(sprint: Sprint, ask: Ask, command: MoveCluster, past: Past) -> Change:
    """To a place in a zone of the same board; its notes go with it."""
    cluster = _there(sprint, command.cluster)
    permissions.require(sprint, ask.seat, MoveCluster, cluster.zone)
    here, there = sprint.zone(cluster.zone), sprint.zone(command.zone)
    if here is None or there is None or here.board != there.board:
        raise Refused("unknown")
    draft = Draft(sprint)
    rank = draft.room_in(there.id, command.before, without=cluster.id)[0]
    draft.lay(cluster, zone=there.id, rank=rank)
    draft.settle()
    return draft.change()


def dissolve(sprint: Sprint, ask: Ask, command: DissolveCluster, past: Past) -> Change:
    """The notes take the place of the cluster, in their order. Twice is once."""
    cluster = sprint.cluster(command.cluster)
    if cluster is None:
        raise Refused("unknown")
    permissions.require(sprint, ask.seat, DissolveCluster, cluster.zone)
    draft = Draft(sprint)
    if not cluster.gone:
        inside = [id for _, id in draft.siblings(cluster.id)]
        ahead = (
            id
            for rank, id in draft.siblings(cluster.zone)
            if (rank, id) > (cluster.rank, cluster.id)
        )
        before = next(ahead, None)
        draft.set(cluster, gone=True)
        if inside:
            ranks = draft.room_in(cluster.zone, before, len(inside), without=cluster.id)
            for id, rank in zip(inside, ranks, strict=True):
                draft.lay(sprint.notes[id], zone=cluster.zone, cluster=None, rank=rank)
    draft.settle()
    return draft.change()


def fresh_id(sprint: Sprint, id: str) -> None:
    """Refuse an id that something which lies or holds already has; `Sprint.children` tells
    zones, clusters and notes apart by their id alone, and the wall notes and groups."""
    if sprint.note(id) or sprint.cluster(id) or sprint.zone(id) or sprint.find("group", id):
        raise Refused("exists")


def _there(sprint: Sprint, id: str) -> Cluster:
    cluster = sprint.cluster(id)
    if cluster is None or cluster.gone:
        raise Refused("unknown")
    return cluster
