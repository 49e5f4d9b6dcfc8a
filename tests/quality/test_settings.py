"""Settings: read once, and each mistake has its number and its hint."""

from pathlib import Path

import pytest

from quality.app import refuse_errors
from quality.errors import Refused
from quality.settings import Settings, findings, from_environment, is_ci

GOOD = Settings(
    database_url="postgresql://app:x@db/quality",
    owner_url="postgresql://owner:x@db/quality",
    secret_key="k" * 32,
    base_url="https://avis.exemple.fr",
    sms_url="kannel://a:b@c:13013/?from=38000",
    email_url="smtp://mail:587/?from=a@b.fr",
)
WRONG = [
    ("Q001", {"database_url": "mysql://x"}),
    ("Q002", {"owner_url": "postgresql://app:y@db/quality"}),
    ("Q003", {"secret_key": "short"}),
    ("Q004", {"base_url": "ftp://x"}),
    ("Q005", {"base_url": "https://a-very-long-address.exemple.fr"}),
    ("Q006", {"base_url": "http://avis.exemple.fr"}),
    ("Q007", {"sms_url": ""}),
    ("Q008", {"email_url": ""}),
    ("Q010", {"log_level": "loud"}),
    ("Q011", {"sms_url": "memory://"}),
    ("Q011", {"email_url": "memory://?rate=5"}),
    ("Q012", {"trusted_proxies": "*"}),
    ("Q012", {"trusted_proxies": "10.0.0.1,proxy"}),
    ("Q012", {"trusted_proxies": "0.0.0.0/0"}),
]


def test_good_settings_have_no_finding() -> None:
    assert findings(GOOD) == ()


@pytest.mark.parametrize(("code", "change"), WRONG, ids=[code for code, _ in WRONG])
def test_each_mistake_has_its_number_and_its_hint(code: str, change: dict[str, str]) -> None:
    found = findings(GOOD.changed(**change))
    assert [finding.code for finding in found] == [code]
    assert all(finding.hint for finding in found)


def test_the_embedded_database_is_remarked_outside_the_demonstration() -> None:
    assert "Q009" in {finding.code for finding in findings(Settings())}
    assert "Q009" not in {finding.code for finding in findings(Settings(demo=True))}


def test_the_memory_carries_the_messages_of_a_trial() -> None:
    for trial in ({"demo": True}, {"base_url": "http://127.0.0.1:8000"}):
        assert "Q011" not in {
            finding.code for finding in findings(GOOD.changed(sms_url="memory://", **trial))
        }


def test_an_error_stops_the_application_with_its_number() -> None:
    with pytest.raises(Refused, match="Q003"):
        refuse_errors(GOOD.changed(secret_key=""))


def test_a_remark_does_not_stop_it() -> None:
    refuse_errors(GOOD.changed(sms_url=""))


def test_the_environment_is_read_by_name(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("from a file\n", encoding="ascii")
    found = from_environment({"QUALITY_HOME": "/data", "QUALITY_SECRET_KEY_FILE": str(key), "OTHER": "x"})
    assert found == Settings(home=Path("/data"), secret_key="from a file")


def test_the_key_itself_goes_before_its_file(tmp_path: Path) -> None:
    assert (
        from_environment({"QUALITY_SECRET_KEY": "here", "QUALITY_SECRET_KEY_FILE": "/nowhere"}).secret_key
        == "here"
    )


def test_continuous_integration_says_so_itself() -> None:
    assert is_ci({"QUALITY_TEST_REQUIRE_ALL": "1"})
    assert not is_ci({})
