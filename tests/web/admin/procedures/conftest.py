"""The pages over the small country of ``tests.installation.world``, as the tests of the desk have them."""

from tests.web.desk.conftest import office

__all__ = ["office"]
