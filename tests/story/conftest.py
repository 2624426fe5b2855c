"""The story plays in a shop of its own, filled as the web tests' shop is."""

from tests.web.conftest import copy_shop, filled_shop, own_app

__all__ = ["copy_shop", "filled_shop", "own_app"]
