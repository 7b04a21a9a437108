"""Every route has a row in the permission table."""

from launchpad.rules import access


def test_every_route_names_an_action_of_the_table(whole_app):
    for rule in whole_app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        action = getattr(whole_app.view_functions[rule.endpoint], "action", None)
        assert action in access.ACTIONS, f"{rule} has no @permit"
