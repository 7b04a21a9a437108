"""Settings that cannot be read are one clear fault, which does not repeat a password."""

import pytest

from launchpad.config import Settings, SettingsFault


@pytest.mark.parametrize("name", ["BASE_URL", "MAIL_URL", "UPLOADS_URL", "REDIS_URL"])
@pytest.mark.parametrize("given", ["http://[x", "smtp://u:hunter2@[x", "redis://u:hunter2@host:port", "s3://[", "nonsense"])
def test_an_address_that_is_none_names_its_setting(name, given, tmp_path):
    with pytest.raises(SettingsFault, match=name) as fault:
        Settings.from_environment({"LAUNCHPAD_DATA_DIR": str(tmp_path), name: given})
    assert "hunter2" not in str(fault.value)


@pytest.mark.parametrize("given", ["redis://host:6380/1", "rediss://u:p@host", "unix:///run/valkey.sock"])
def test_a_redis_is_reached_by_network_or_socket(given, tmp_path):
    assert Settings.from_environment({"LAUNCHPAD_DATA_DIR": str(tmp_path), "REDIS_URL": given}).redis_url == given
