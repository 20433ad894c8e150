"""Folders that are copied to a cloud are recognised, and others are not called so."""

import pytest

from sync.core.folders import synced_by


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (r"C:\Users\Citra\OneDrive\Desktop\Loket", "OneDrive"),
        (r"C:\Users\Citra\OneDrive - Dinas Dukcapil\Loket", "OneDrive"),
        (r"C:\Users\Citra\Dropbox\Loket\data", "Dropbox"),
        (r"C:\Users\Citra\Dropbox (Dinas)\Loket", "Dropbox"),
        (r"G:\My Drive\Loket", "Google Drive"),
        (r"G:\Drive Saya\Loket", "Google Drive"),
        ("/Users/citra/Library/CloudStorage/GoogleDrive-citra@example.org/Loket", "Google Drive"),
        ("/Users/citra/Library/Mobile Documents/com~apple~CloudDocs/Loket", "iCloud"),
        ("/home/citra/Nextcloud/loket", "Nextcloud"),
        (r"C:\Loket", ""),
        (r"D:\Data OneDriver\Loket", ""),
        ("/home/citra/my drive in/loket", ""),
        ("/home/citra/loket", ""),
    ],
)
def test_a_folder_is_known_by_its_name(path: str, service: str) -> None:
    assert synced_by(path, {}) == service


def test_onedrive_is_known_by_what_windows_says_of_it() -> None:
    """Also under another name; the folder beside it that only begins alike is not meant."""
    environment = {"OneDriveCommercial": "D:\\Awan\\", "PATH": "D:\\Lain", "OneDrive": ""}
    assert synced_by(r"D:\awan\Loket\data", environment) == "OneDrive"
    assert synced_by(r"D:\Awan2\Loket", environment) == ""
    assert synced_by(r"D:\Lain\Loket", environment) == ""
