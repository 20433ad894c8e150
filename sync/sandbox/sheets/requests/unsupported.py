"""What Google's batchUpdate has and the sandbox has not: it says so, by name, with 501."""

from sync.sandbox.frame import GoogleError

UNSUPPORTED = frozenset(
    (
        "addChart",
        "updateChartSpec",
        "deleteEmbeddedObject",
        "updateEmbeddedObjectPosition",
        "updateEmbeddedObjectBorder",
        "addSlicer",
        "updateSlicerSpec",
        "addTable",
        "updateTable",
        "deleteTable",
        "addDataSource",
        "updateDataSource",
        "deleteDataSource",
        "refreshDataSource",
        "cancelDataSourceRefresh",
        "insertComment",
        "updateCommentPost",
        "deleteComment",
        "addCommentReply",
        "deleteCommentReply",
    )
)


def unsupported(what: str) -> GoogleError:
    return GoogleError(501, "UNIMPLEMENTED", f"The sandbox does not have this of Google's: {what}")
