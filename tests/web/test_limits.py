"""Whom limits count."""

from flask_limiter.util import get_qualified_name

from launchpad.web import limits


def test_where_an_address_is_counted_it_is_one_persons_and_not_everybodys(app):
    """Else the first so many of a rush use up the limit of all others, as they once did at the queue's own page."""
    counted = []
    with app.test_request_context("/"):
        for rule in app.url_map.iter_rules():
            view = get_qualified_name(app.view_functions[rule.endpoint])
            if any(limit.key_func is limits.address for limit in limits.limiter.limit_manager.decorated_limits(view)):
                counted.append(rule.rule)
                assert rule.arguments - {"slug"}, f"{rule.rule} is one address for everyone"
    assert counted
