; The Windows installer, for one user and without administrator rights. Made with Inno Setup 6:
;   iscc /DVersion=0.1.0 packaging\frozen\windows\difffit.iss
; after `py packaging\bootstrap.py package` has left the program in dist\difffit.
#ifndef Version
  #error Say which version: iscc /DVersion=0.1.0 difffit.iss
#endif

[Setup]
AppId={{6E0E4C33-8B0B-4C3C-9A53-5B6D1F3C7A11}
AppName=DiffFit
AppVersion={#Version}
AppPublisher=The DiffFit authors
DefaultDirName={autopf}\DiffFit
DefaultGroupName=DiffFit
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
ChangesEnvironment=yes
LicenseFile=..\..\..\LICENSE
SetupIconFile=..\..\..\build\icons\difffit.ico
UninstallDisplayIcon={app}\difffit.exe
OutputDir=..\..\..\dist
OutputBaseFilename=DiffFit-{#Version}-windows-x64
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern

[Tasks]
Name: "desktopicon"; Description: "Put DiffFit on the desktop"; Flags: unchecked
Name: "associate"; Description: "Offer DiffFit for .mrc, .map, .ccp4, .cif and .pdb files"
Name: "path"; Description: "Make the command difffit known to new terminals"; Flags: unchecked

[Files]
Source: "..\..\..\dist\difffit\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\DiffFit"; Filename: "{app}\difffit.exe"; Parameters: "open"
Name: "{autodesktop}\DiffFit"; Filename: "{app}\difffit.exe"; Parameters: "open"; Tasks: desktopicon

[Registry]
; projects are ours; the other kinds are only offered, so that what opens them today goes on doing so
Root: HKA; Subkey: "Software\Classes\.difffit"; ValueType: string; ValueData: "DiffFit.Project"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\DiffFit.Project"; ValueType: string; ValueData: "DiffFit project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\DiffFit.Project\DefaultIcon"; ValueType: string; ValueData: "{app}\difffit.exe,0"
Root: HKA; Subkey: "Software\Classes\DiffFit.Project\shell\open\command"; ValueType: string; ValueData: """{app}\difffit.exe"" open ""%1"""
Root: HKA; Subkey: "Software\Classes\DiffFit.Data"; ValueType: string; ValueData: "Map or structure"; Flags: uninsdeletekey; Tasks: associate
Root: HKA; Subkey: "Software\Classes\DiffFit.Data\shell\open\command"; ValueType: string; ValueData: """{app}\difffit.exe"" open ""%1"""; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.mrc\OpenWithProgids"; ValueType: string; ValueName: "DiffFit.Data"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.map\OpenWithProgids"; ValueType: string; ValueName: "DiffFit.Data"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.ccp4\OpenWithProgids"; ValueType: string; ValueName: "DiffFit.Data"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.cif\OpenWithProgids"; ValueType: string; ValueName: "DiffFit.Data"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.pdb\OpenWithProgids"; ValueType: string; ValueName: "DiffFit.Data"; Flags: uninsdeletevalue; Tasks: associate
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: NotOnPath

[Run]
Filename: "{app}\difffit.exe"; Parameters: "open"; Description: "Open DiffFit"; Flags: nowait postinstall skipifsilent

[Code]
function NotOnPath: Boolean;
var
  Path: String;
begin
  if not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Path) then
    Path := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';') = 0;
end;
