@echo off
setlocal
chcp 65001 >nul
title Loket
set "PYTHONUTF8=1"
set "LOKET_PYTHON="
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "LOKET_PYTHON=py -3"
if not defined LOKET_PYTHON python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "LOKET_PYTHON=python"
if not defined LOKET_PYTHON goto missing
rem One line to the end: an upgrade replaces this file while it is being read.
(%LOKET_PYTHON% "%~dp0loket.py" %* && exit /b 0) || ((if errorlevel 130 if not errorlevel 131 exit /b 130) & echo. & echo Loket berhenti. Pesan di atas menjelaskan sebabnya. & pause & (if errorlevel 3 if not errorlevel 4 exit /b 3) & exit /b 1)

:missing
echo Loket memerlukan Python 3.11 atau yang lebih baru, dan Python itu belum ada di komputer ini.
echo.
echo   1. Buka https://www.python.org/downloads/ dan klik tombol kuning "Download Python".
echo   2. Jalankan berkas yang terunduh. Centang "Add python.exe to PATH", lalu klik "Install Now".
echo   3. Setelah selesai, klik dua kali loket.bat lagi.
echo.
echo Tanpa hak administrator: buka Microsoft Store, cari "Python 3.13", lalu klik Get.
echo.
pause
exit /b 1
