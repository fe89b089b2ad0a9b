package stdlib

// exceptionNames are the exception classes of the standard library of Python 3, whose
// pickles are those of BaseException: a module, then its classes with what they extend, by
// a name of module builtins, .Name for one of the same module, or module.Name. Those that
// extend Exception alone do not say so.
const exceptionNames = `
builtins: BaseException BaseExceptionGroup(BaseException)
	ExceptionGroup(BaseExceptionGroup,Exception) Exception(BaseException)
	ArithmeticError(Exception) FloatingPointError(ArithmeticError)
	OverflowError(ArithmeticError) ZeroDivisionError(ArithmeticError) AssertionError(Exception)
	AttributeError(Exception) BufferError(Exception) EOFError(Exception) ImportError(Exception)
	ModuleNotFoundError(ImportError) LookupError(Exception) IndexError(LookupError)
	KeyError(LookupError) MemoryError(Exception) NameError(Exception)
	UnboundLocalError(NameError) OSError(Exception) BlockingIOError(OSError)
	ChildProcessError(OSError) ConnectionError(OSError) BrokenPipeError(ConnectionError)
	ConnectionAbortedError(ConnectionError) ConnectionRefusedError(ConnectionError)
	ConnectionResetError(ConnectionError) FileExistsError(OSError) FileNotFoundError(OSError)
	InterruptedError(OSError) IsADirectoryError(OSError) NotADirectoryError(OSError)
	PermissionError(OSError) ProcessLookupError(OSError) TimeoutError(OSError)
	ReferenceError(Exception) RuntimeError(Exception) NotImplementedError(RuntimeError)
	PythonFinalizationError(RuntimeError) RecursionError(RuntimeError)
	StopAsyncIteration(Exception) StopIteration(Exception) SyntaxError(Exception)
	IndentationError(SyntaxError) TabError(IndentationError) _IncompleteInputError(SyntaxError)
	SystemError(Exception) TypeError(Exception) ValueError(Exception) UnicodeError(ValueError)
	UnicodeDecodeError(UnicodeError) UnicodeEncodeError(UnicodeError)
	UnicodeTranslateError(UnicodeError) Warning(Exception) BytesWarning(Warning)
	DeprecationWarning(Warning) EncodingWarning(Warning) FutureWarning(Warning)
	ImportWarning(Warning) PendingDeprecationWarning(Warning) ResourceWarning(Warning)
	RuntimeWarning(Warning) SyntaxWarning(Warning) UnicodeWarning(Warning) UserWarning(Warning)
	GeneratorExit(BaseException) KeyboardInterrupt(BaseException) SystemExit(BaseException)
_csv: Error
_lzma: LZMAError
_pickle: PickleError PicklingError(.PickleError) UnpicklingError(.PickleError)
_queue: Empty ShutDown
_struct: error
argparse: ArgumentError ArgumentTypeError
asyncio: CancelledError(BaseException)
asyncio.exceptions: BrokenBarrierError(RuntimeError) CancelledError(BaseException)
	IncompleteReadError(EOFError) InvalidStateError LimitOverrunError
	SendfileNotAvailableError(RuntimeError) TimeoutError
asyncio.queues: QueueEmpty QueueFull QueueShutDown
binascii: Error(ValueError) Incomplete
concurrent.futures._base: BrokenExecutor(RuntimeError) CancelledError(.Error) Error
	InvalidStateError(.Error) TimeoutError(.Error)
concurrent.futures.process: BrokenProcessPool(concurrent.futures._base.BrokenExecutor)
concurrent.futures.thread: BrokenThreadPool(concurrent.futures._base.BrokenExecutor)
configparser: DuplicateOptionError(.Error) DuplicateSectionError(.Error) Error
	InterpolationDepthError(.InterpolationError) InterpolationError(.Error)
	InterpolationMissingOptionError(.InterpolationError)
	InterpolationSyntaxError(.InterpolationError) MissingSectionHeaderError(.ParsingError)
	MultilineContinuationError(.ParsingError) NoOptionError(.Error) NoSectionError(.Error)
	ParsingError(.Error)
copy: Error
dataclasses: FrozenInstanceError(AttributeError)
dbm.sqlite3: error(OSError)
decimal: Clamped(.DecimalException) ConversionSyntax(.InvalidOperation)
	DecimalException(ArithmeticError) DivisionByZero(.DecimalException,ZeroDivisionError)
	DivisionImpossible(.InvalidOperation)
	DivisionUndefined(.InvalidOperation,ZeroDivisionError)
	FloatOperation(.DecimalException,TypeError) Inexact(.DecimalException)
	InvalidContext(.InvalidOperation) InvalidOperation(.DecimalException)
	Overflow(.Inexact,.Rounded) Rounded(.DecimalException) Subnormal(.DecimalException)
	Underflow(.Inexact,.Rounded,.Subnormal)
email.errors: BoundaryError(.MessageParseError) CharsetError(.MessageError)
	CloseBoundaryNotFoundDefect(.MessageDefect)
	FirstHeaderLineIsContinuationDefect(.MessageDefect) HeaderDefect(.MessageDefect)
	HeaderMissingRequiredValue(.HeaderDefect) HeaderParseError(.MessageParseError)
	HeaderWriteError(.MessageError) InvalidBase64CharactersDefect(.MessageDefect)
	InvalidBase64LengthDefect(.MessageDefect) InvalidBase64PaddingDefect(.MessageDefect)
	InvalidDateDefect(.HeaderDefect) InvalidHeaderDefect(.HeaderDefect)
	InvalidMultipartContentTransferEncodingDefect(.MessageDefect) MessageDefect(ValueError)
	MessageError MessageParseError(.MessageError) MisplacedEnvelopeHeaderDefect(.MessageDefect)
	MissingHeaderBodySeparatorDefect(.MessageDefect)
	MultipartConversionError(.MessageError,TypeError)
	MultipartInvariantViolationDefect(.MessageDefect)
	NoBoundaryInMultipartDefect(.MessageDefect) NonASCIILocalPartDefect(.HeaderDefect)
	NonPrintableDefect(.HeaderDefect) ObsoleteHeaderDefect(.HeaderDefect)
	StartBoundaryNotFoundDefect(.MessageDefect) UndecodableBytesDefect(.MessageDefect)
ftplib: Error error_perm(.Error) error_proto(.Error) error_reply(.Error) error_temp(.Error)
getopt: GetoptError
graphlib: CycleError(ValueError)
gzip: BadGzipFile(OSError)
http.client: BadStatusLine(.HTTPException) CannotSendHeader(.ImproperConnectionState)
	CannotSendRequest(.ImproperConnectionState) HTTPException
	ImproperConnectionState(.HTTPException) IncompleteRead(.HTTPException)
	InvalidURL(.HTTPException) LineTooLong(.HTTPException) NotConnected(.HTTPException)
	RemoteDisconnected(ConnectionResetError,.BadStatusLine)
	ResponseNotReady(.ImproperConnectionState) UnimplementedFileMode(.HTTPException)
	UnknownProtocol(.HTTPException) UnknownTransferEncoding(.HTTPException)
http.cookies: CookieError
importlib.metadata: PackageNotFoundError(ModuleNotFoundError)
importlib.resources.abc: TraversalError
io: UnsupportedOperation(OSError,ValueError)
ipaddress: AddressValueError(ValueError) NetmaskValueError(ValueError)
json.decoder: JSONDecodeError(ValueError)
locale: Error
multiprocessing.context: AuthenticationError(.ProcessError) BufferTooShort(.ProcessError)
	ProcessError TimeoutError(.ProcessError)
multiprocessing.managers: RemoteError
multiprocessing.pool: MaybeEncodingError RemoteTraceback
pathlib._abc: UnsupportedOperation(NotImplementedError)
pickle: PickleError PicklingError(.PickleError) UnpicklingError(.PickleError)
queue: Empty Full ShutDown
re: PatternError error
select: error(OSError)
shutil: Error(OSError) ExecError(OSError) ReadError(OSError) RegistryError
	SameFileError(.Error) SpecialFileError(OSError)
signal: itimer_error(OSError)
smtplib: SMTPAuthenticationError(.SMTPResponseException)
	SMTPConnectError(.SMTPResponseException) SMTPDataError(.SMTPResponseException)
	SMTPException(OSError) SMTPHeloError(.SMTPResponseException)
	SMTPNotSupportedError(.SMTPException) SMTPRecipientsRefused(.SMTPException)
	SMTPResponseException(.SMTPException) SMTPSenderRefused(.SMTPResponseException)
	SMTPServerDisconnected(.SMTPException)
socket: error(OSError) gaierror(OSError) herror(OSError) timeout(OSError)
sqlite3: DataError(.DatabaseError) DatabaseError(.Error) Error
	IntegrityError(.DatabaseError) InterfaceError(.Error) InternalError(.DatabaseError)
	NotSupportedError(.DatabaseError) OperationalError(.DatabaseError)
	ProgrammingError(.DatabaseError) Warning
sre_constants: error
ssl: SSLCertVerificationError(.SSLError,ValueError) SSLEOFError(.SSLError) SSLError(OSError)
	SSLSyscallError(.SSLError) SSLWantReadError(.SSLError) SSLWantWriteError(.SSLError)
	SSLZeroReturnError(.SSLError)
statistics: StatisticsError(ValueError)
struct: error
subprocess: CalledProcessError(.SubprocessError) SubprocessError
	TimeoutExpired(.SubprocessError)
tarfile: AbsoluteLinkError(.FilterError) AbsolutePathError(.FilterError)
	CompressionError(.TarError) EOFHeaderError(.HeaderError) EmptyHeaderError(.HeaderError)
	ExtractError(.TarError) FilterError(.TarError) HeaderError(.TarError)
	InvalidHeaderError(.HeaderError) LinkOutsideDestinationError(.FilterError)
	OutsideDestinationError(.FilterError) ReadError(.TarError) SpecialFileError(.FilterError)
	StreamError(.TarError) SubsequentHeaderError(.HeaderError) TarError
	TruncatedHeaderError(.HeaderError)
threading: BrokenBarrierError(RuntimeError)
tokenize: StopTokenizing TokenError
tomllib: TOMLDecodeError(ValueError)
unittest.case: SkipTest
urllib.error: ContentTooShortError(.URLError)
	HTTPError(.URLError,urllib.response.addinfourl) URLError(OSError)
xml.etree.ElementTree: ParseError(SyntaxError)
xml.parsers.expat: ExpatError
xml.sax._exceptions: SAXException SAXNotRecognizedException(.SAXException)
	SAXNotSupportedException(.SAXException) SAXParseException(.SAXException)
	SAXReaderNotAvailable(.SAXNotSupportedException)
xmlrpc.client: Error Fault(.Error) ProtocolError(.Error) ResponseError(.Error)
zipfile: BadZipFile LargeZipFile
zlib: error
zoneinfo: ZoneInfoNotFoundError(KeyError)
zoneinfo._common: ZoneInfoNotFoundError(KeyError)
zoneinfo._tzpath: InvalidTZPathWarning(RuntimeWarning)
`
